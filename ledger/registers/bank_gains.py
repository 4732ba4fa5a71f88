"""Register of gains the bank credited (收益到账)."""

from ledger.commands import ReceiveGains
from ledger.events import GainLine
from ledger.registers.cells import AMOUNT, COUNTY, DAY, TEXT, choice
from ledger.registers.grouping import group
from ledger.registers.specification import Batch, Column, Register, Values, nobody
from ledger.registers.units import FUNDS

_CATEGORIES = {"活期利息": "demand", "定期利息": "time", "国债利息": "bond"}
_COLUMNS = (
    Column("区县代码", "county", COUNTY, required=True, note="六位行政区划代码"),
    Column("资金类型", "fund", choice(FUNDS), required=True),
    Column("账号", "account", TEXT),
    Column("到账日期", "value_date", DAY, required=True),
    Column("收益类别", "category", choice(_CATEGORIES), required=True),
    Column("金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("银行流水号", "bank_ref", TEXT),
)


def _batch(values: Values) -> Batch:
    """One command a day and book, in that order; its lines in row order."""
    days = group(zip(values["value_date"], values["county"], values["fund"], strict=True))
    ordered = sorted(days)
    commands = [
        ReceiveGains(
            county=county,
            fund=fund,
            value_date=day,
            lines=tuple(
                GainLine(
                    category=values["category"][index],
                    amount_fen=values["amount_fen"][index],
                    account=values["account"][index],
                    bank_ref=values["bank_ref"][index],
                )
                for index in days[day, county, fund]
            ),
        )
        for day, county, fund in ordered
    ]
    return Batch(commands, [days[key] for key in ordered])


REGISTER = Register("bank-gains", "收益到账", _COLUMNS, nobody, _batch)

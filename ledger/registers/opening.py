"""Register of opening balances (期初余额)."""

from ledger.commands import OpenBalance
from ledger.events import OpeningLine
from ledger.registers.cells import BALANCE, CODE, DAY, WORDS
from ledger.registers.deposits import PARTS
from ledger.registers.grouping import group
from ledger.registers.specification import Batch, Column, Register, Values, nobody

_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("户号", "unit", CODE, required=True),
    Column("期初本金", "principal_fen", BALANCE, note="元，最多两位小数；本金、利息至少填一项", blank=0),
    Column("期初利息", "interest_fen", BALANCE, note="元，最多两位小数", blank=0),
    Column("截止日期", "value_date", DAY, required=True, note="余额为当日终了数"),
    Column("依据", "basis", WORDS, note="移交清册、审计报告等"),
    Column("资金归属", "part", PARTS, note="空白为业主", blank="owner"),
)


def _batch(values: Values) -> Batch:
    """One command a day, building and basis, in that order; its lines in row order."""
    bases = [basis or "" for basis in values["basis"]]
    days = group(zip(values["value_date"], values["building"], bases, strict=True))
    ordered = sorted(days)
    commands = [
        OpenBalance(
            building=building,
            value_date=day,
            basis=basis or None,
            lines=tuple(_line(values, index) for index in days[day, building, basis]),
        )
        for day, building, basis in ordered
    ]
    return Batch(commands, [days[key] for key in ordered])


def _line(values: Values, index: int) -> OpeningLine:
    return OpeningLine(
        unit=values["unit"][index],
        part=values["part"][index],
        principal_fen=values["principal_fen"][index],
        interest_fen=values["interest_fen"][index],
    )


REGISTER = Register("opening", "期初余额", _COLUMNS, nobody, _batch)

"""Register of deposits (交存明细)."""

from ledger.commands import CollectDeposit
from ledger.events import DepositLine
from ledger.registers.cells import AMOUNT, CODE, DAY, TEXT, choice
from ledger.registers.grouping import group
from ledger.registers.owners import owner_or_other
from ledger.registers.specification import Batch, Column, Desk, Found, Register, Values

PARTS = choice({"业主": "owner", "售房单位": "seller"})
_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("户号", "unit", CODE, required=True),
    Column("资金归属", "part", PARTS, note="空白为业主", blank="owner"),
    Column("交存类型", "kind", choice({"首期": "first", "续交": "top-up", "补交": "make-up"}), required=True),
    Column("交存金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("入账日期", "value_date", DAY, required=True),
    Column("票据号", "receipt_no", TEXT),
    Column("银行流水号", "bank_ref", TEXT),
    Column("收款账号", "account", TEXT),
    Column("交款人", "payer", TEXT),
)


def _look_up(values: Values, desk: Desk) -> Found:
    """A payer (交款人) of the owner's name is the owner; anyone else is known by name within the county."""
    return {"payer_ref": owner_or_other(values["payer"], values, desk)}


def _batch(values: Values) -> Batch:
    """One command a day, building and kind of deposit, in that order; its lines in row order."""
    days = group(zip(values["value_date"], values["building"], values["kind"], strict=True))
    lines = [
        DepositLine(
            unit=unit,
            part=part,
            amount_fen=amount_fen,
            receipt_no=receipt_no,
            bank_ref=bank_ref,
            account=account,
            payer_ref=payer_ref,
        )
        for unit, part, amount_fen, receipt_no, bank_ref, account, payer_ref in zip(
            values["unit"],
            values["part"],
            values["amount_fen"],
            values["receipt_no"],
            values["bank_ref"],
            values["account"],
            values["payer_ref"],
            strict=True,
        )
    ]
    ordered = sorted(days)
    commands = [
        CollectDeposit(
            building=building,
            kind=kind,
            value_date=day,
            lines=tuple(map(lines.__getitem__, days[day, building, kind])),
        )
        for day, building, kind in ordered
    ]
    return Batch(commands, [days[key] for key in ordered])


REGISTER = Register("deposits", "交存明细", _COLUMNS, _look_up, _batch)

"""Register of refunds (退款)."""

from ledger.commands import Refund, RefundDeposit
from ledger.registers.cells import AMOUNT, CODE, DAY, TEXT, choice
from ledger.registers.deposits import PARTS
from ledger.registers.grouping import group
from ledger.registers.owners import owner_or_other
from ledger.registers.specification import Batch, Column, Desk, Found, Register, Values

_REASONS = {"退房": "cancelled", "多交": "overpaid", "错交": "mistaken", "灭失": "destroyed"}
_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("户号", "unit", CODE, required=True),
    Column("退款金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("退款日期", "refunded_on", DAY, required=True),
    Column("退款原因", "reason", choice(_REASONS), required=True),
    Column("原票据号", "receipt_no", TEXT, note="所退交存的票据号；灭失退款可空"),
    Column("收款人", "payee", TEXT),
    Column("银行流水号", "bank_ref", TEXT),
    Column("资金归属", "part", PARTS, note="空白随原交存，无原交存为业主"),
)


def _look_up(values: Values, desk: Desk) -> Found:
    """A payee (收款人) of the owner's name is the owner; anyone else is known by name within the county."""
    return {"payee_ref": owner_or_other(values["payee"], values, desk)}


def _batch(values: Values) -> Batch:
    """One command a day, building and reason, in that order; its lines by account, receipt and amount.

    What a refund draws on depends on those before it, so the order is that of the rows' content.
    """
    days = group(zip(values["refunded_on"], values["building"], values["reason"], strict=True))
    commands = []
    places = []
    for day, building, reason in sorted(days):
        rows = sorted(
            days[day, building, reason],
            key=lambda row: (
                values["unit"][row],
                values["part"][row] or "",
                values["receipt_no"][row] or "",
                values["amount_fen"][row],
            ),
        )
        lines = tuple(_refund(values, row) for row in rows)
        commands.append(RefundDeposit(building=building, reason=reason, refunded_on=day, lines=lines))
        places.append(rows)
    return Batch(commands, places)


def _refund(values: Values, row: int) -> Refund:
    return Refund(
        unit=values["unit"][row],
        amount_fen=values["amount_fen"][row],
        part=values["part"][row],
        receipt_no=values["receipt_no"][row],
        payee_ref=values["payee_ref"][row],
        bank_ref=values["bank_ref"][row],
    )


REGISTER = Register("refunds", "退款", _COLUMNS, _look_up, _batch)

"""Register of special receipts (票据领用): ranges handed out and ranges voided."""

from ledger.commands import Command, IssueReceipts, VoidReceipts
from ledger.registers.cells import CODE, DAY, TEXT, choice
from ledger.registers.payees import is_person
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values

_COLUMNS = (
    Column("票据代码", "code", CODE, required=True),
    Column("起始号", "first", TEXT, required=True, note="文本，保留前面的零"),
    Column("终止号", "last", TEXT, required=True, note="与起始号位数相同"),
    Column("领用单位", "holder", TEXT),
    Column("领用日期", "value_date", DAY, required=True, note="作废时为作废日期"),
    Column("状态", "voided", choice({"领用": False, "作废": True}), required=True),
)


def _look_up(values: Values, _desk: Desk) -> Found:
    """A holder (领用单位) that is a person is known by name within the receipt code."""
    holders = zip(values["holder"], values["code"], strict=True)
    return {
        "holder_ref": [
            Person(name, None, None, f"receipts/{code}") if name and is_person(name) else None
            for name, code in holders
        ]
    }


def _batch(values: Values) -> Batch:
    """One command a row: what is handed out before what is voided, each by day, code and number."""
    ordered = sorted(
        range(len(values["code"])),
        key=lambda row: [values[field][row] for field in ("voided", "value_date", "code", "first", "last")],
    )
    return Batch([_command(values, row) for row in ordered], [[row] for row in ordered])


def _command(values: Values, row: int) -> Command:
    made = VoidReceipts if values["voided"][row] else IssueReceipts
    person = values["holder_ref"][row]
    return made(
        code=values["code"][row],
        first=values["first"][row],
        last=values["last"][row],
        value_date=values["value_date"][row],
        holder=None if person else values["holder"][row],
        holder_ref=person,
    )


REGISTER = Register("receipts", "票据领用", _COLUMNS, _look_up, _batch)

"""Register of changes of owner (过户)."""

from ledger.commands import ChangeOwner
from ledger.registers.cells import CODE, DAY, TEXT
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values
from ledger.registers.units import identifying

_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("户号", "unit", CODE, required=True),
    Column("过户日期", "transferred_on", DAY, required=True),
    Column("新业主姓名", "owner_ref", TEXT, required=True),
    Column("证件号码", "owner_id", TEXT, note="空白时按本户内的姓名认人"),
    Column("联系电话", "owner_phone", TEXT),
    Column("不动产权证号", "deed_no", TEXT),
)


def _look_up(values: Values, _desk: Desk) -> Found:
    """New owners in place of their names: known by ID number, or where there is none by name in the unit."""
    owners = [
        Person(name, identifying(id_number), phone, f"{building}/{unit}")
        for name, id_number, phone, building, unit in zip(
            values["owner_ref"],
            values["owner_id"],
            values["owner_phone"],
            values["building"],
            values["unit"],
            strict=True,
        )
    ]
    return {"owner_ref": owners}


def _batch(values: Values) -> Batch:
    """One command a row, by day; on one day in row order."""
    days = values["transferred_on"]
    rows = sorted(range(len(days)), key=days.__getitem__)
    commands = [
        ChangeOwner(
            building=values["building"][row],
            unit=values["unit"][row],
            transferred_on=days[row],
            owner_ref=values["owner_ref"][row],
            deed_no=values["deed_no"][row],
        )
        for row in rows
    ]
    return Batch(commands, [[row] for row in rows])


REGISTER = Register("transfers", "过户", _COLUMNS, _look_up, _batch)

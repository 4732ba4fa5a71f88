"""Register of units (房屋清册): buildings, their units, and who owns them."""

from ledger.commands import RegisterUnits
from ledger.events import UnitLine
from ledger.registers.cells import AREA, CODE, COUNT, COUNTY, DAY, TEXT, choice
from ledger.registers.grouping import agree, group
from ledger.registers.problems import RowProblem
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values

FUNDS = {"商品住宅": "commodity", "已售公有住房": "public"}
_MANAGEMENT = {"专业物业": "professional", "单位自管": "self", "社区托管": "community", "其他": "other"}

_BUILDING = (
    Column("区县代码", "county", COUNTY, required=True, note="六位行政区划代码"),
    Column("小区编码", "estate", CODE, required=True),
    Column("小区名称", "estate_name", TEXT, required=True),
    Column("管理方式", "management", choice(_MANAGEMENT), required=True),
    Column("幢号", "name", TEXT, required=True),
    Column("电梯", "lift", choice({"有": True, "无": False}), required=True),
    Column("层数", "storeys", COUNT, required=True),
    Column("竣工日期", "completed_on", DAY),
    Column("保修期满日期", "warranty_until", DAY),
)
_UNIT = (
    Column("资金类型", "fund", choice(FUNDS), required=True),
    Column("用途", "usage", choice({"住宅": "residential", "非住宅": "nonresidential"}), required=True),
    Column("建筑面积", "area_dm2", AREA, required=True, note="平方米，最多两位小数"),
    Column("售房单位", "seller", TEXT, note="已售公有住房填写"),
    Column("不动产单元号", "realty_no", TEXT),
    Column("业主姓名", "owner_name", TEXT),
    Column("证件号码", "owner_id", TEXT),
    Column("联系电话", "owner_phone", TEXT),
)
_ORDER = (
    "区县代码 资金类型 小区编码 小区名称 管理方式 楼幢编码 幢号 电梯 层数 竣工日期 保修期满日期 "
    "售房单位 户号 用途 建筑面积 业主姓名 证件号码 联系电话 不动产单元号"
)
_BY_NAME = {
    column.name: column
    for column in (
        *_BUILDING,
        Column("楼幢编码", "building", CODE, required=True),
        Column("户号", "unit", CODE, required=True),
        *_UNIT,
    )
}


_FEWEST_DIGITS_OF_AN_ID = 5


def identifying(id_number: str | None) -> str | None:
    """The ID number unless it names nobody, like 无 or a masked one: it would make one person of many."""
    if id_number is None or "*" in id_number:
        return None
    digits = sum(character.isdigit() for character in id_number)
    return id_number if digits >= _FEWEST_DIGITS_OF_AN_ID else None


def _look_up(values: Values, _desk: Desk) -> Found:
    """Owners: known by ID number, or where there is none by name within the unit."""
    id_numbers = map(identifying, values["owner_id"])
    owners = [
        Person(name or "", id_number, phone, f"{building}/{unit}") if name or id_number else None
        for name, id_number, phone, building, unit in zip(
            values["owner_name"],
            id_numbers,
            values["owner_phone"],
            values["building"],
            values["unit"],
            strict=True,
        )
    ]
    return {"owner_ref": owners}


def _batch(values: Values) -> Batch:
    """One command a building, in order of building code, its units in order of unit number."""
    problems: list[RowProblem] = []
    commands = []
    places = []
    buildings = group(values["building"])
    units = values["unit"]
    for building in sorted(buildings):
        rows = buildings[building]
        facts = agree(values, rows, _BUILDING, "楼幢", problems)
        first_rows = _one_row_a_unit(values, rows, problems)
        ordered = sorted(first_rows, key=units.__getitem__)
        lines = tuple(_line(values, index) for index in ordered)
        commands.append(RegisterUnits(building=building, units=lines, **facts))
        places.append(ordered)
    return Batch(commands, places, problems)


def _one_row_a_unit(values: Values, rows: list[int], problems: list[RowProblem]) -> list[int]:
    units = group([values["unit"][index] for index in rows])
    if len(units) == len(rows):
        return rows
    first_rows = []
    for same in units.values():
        repeated = [rows[place] for place in same]
        first_rows.append(repeated[0])
        agree(values, repeated, _UNIT, "户", problems)
    return first_rows


def _line(values: Values, index: int) -> UnitLine:
    return UnitLine(
        unit=values["unit"][index],
        fund=values["fund"][index],
        usage=values["usage"][index],
        area_dm2=values["area_dm2"][index],
        owner_ref=values["owner_ref"][index],
        seller=values["seller"][index],
        realty_no=values["realty_no"][index],
    )


REGISTER = Register("units", "房屋清册", tuple(_BY_NAME[name] for name in _ORDER.split()), _look_up, _batch)

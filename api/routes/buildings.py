"""Buildings (楼幢) and the statements of their units (分户账)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import Connection

from api.answers import AsOf, KnownAt, Projected, json, money
from api.office import Desk
from api.persons import owners
from api.problems import unknown
from api.reading import position_known
from api.roles import Bearer
from api.security import Who, demand_county
from ledger.identity import code
from projections.building_view import BuildingView, building_view
from projections.statement import statement_unit

router = APIRouter(dependencies=[Projected])

Building = Annotated[str, Path(description="楼幢编码", examples=["53230100101"])]
Unit = Annotated[str, Path(description="户号", examples=["0101"])]


@router.get("/v1/buildings/{building}", summary="一幢楼")
def get_building(
    desk: Desk, who: Who, building: Building, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """楼幢的资料、余额和各户账户（元）。"""
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        return money(_visible(connection, who, building, as_of, position))


@router.get("/v1/buildings/{building}/units/{unit}", summary="分户账")
def get_unit(
    desk: Desk, who: Who, building: Building, unit: Unit, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """一户的逐笔明细和逐笔余额（元），按记账日排列，同日先收后支。"""
    number = code(unit, "户号")
    with desk.reading() as connection:
        found = _visible(connection, who, building)
        position = position_known(connection, known_at)
        statement = statement_unit(connection, found.building, number, as_of=as_of, position=position)
    if statement is None:
        raise unknown("unit", f"楼幢 {found.building} 没有户号 {number}")
    return money(statement)


@router.get("/v1/buildings/{building}/units/{unit}/owners", summary="业主")
def get_owners(desk: Desk, who: Who, building: Building, unit: Unit) -> Response:
    """一户历任业主，按记账先后；姓名、证件号码和电话按角色脱敏。"""
    with desk.reading() as connection:
        found = _visible(connection, who, building)
    return json(owners(desk.application, desk.parties, found.building, code(unit, "户号"), who.role))


def _visible(
    connection: Connection, who: Bearer, building: str, as_of: date | None = None, position: int | None = None
) -> BuildingView:
    """The building, once it is known that the caller may see it."""
    found = building_view(connection, code(building, "楼幢编码"), as_of, position)
    if found is None:
        raise unknown("building", f"没有楼幢 {building}")
    demand_county(who, found.county)
    return found

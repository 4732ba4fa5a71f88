"""The summary (汇总) of the counties the caller may see."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answers import AsOf, CountyQuery, KnownAt, Projected, money
from api.office import Desk
from api.reading import position_known
from api.security import Who, counties_seen
from ledger.identity import Fund
from projections.summary import summary

router = APIRouter()


@router.get("/v1/summary", summary="归集、使用和余额", dependencies=[Projected])
def get_summary(
    desk: Desk,
    who: Who,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    county: CountyQuery = None,
    fund: Annotated[Fund | None, Query(description="只看一种资金类型")] = None,
) -> Response:
    """全州或一个区县的合计和各区县数字（元）；令牌限定区县时只含所辖区县。"""
    seen = counties_seen(who, county)
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        return money(summary(connection, seen, as_of=as_of, position=position, fund=fund))

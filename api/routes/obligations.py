"""What is owed for destroyed buildings (应付房屋灭失返还资金) in the counties the caller may see."""

from fastapi import APIRouter, Response

from api.answers import AsOf, CountyQuery, KnownAt, Projected, money
from api.office import Desk
from api.reading import position_known
from api.security import Who, counties_seen
from projections.obligation_list import obligation_list

router = APIRouter()


@router.get("/v1/obligations", summary="应付房屋灭失返还资金", dependencies=[Projected])
def get_obligations(
    desk: Desk, who: Who, as_of: AsOf = None, known_at: KnownAt = None, county: CountyQuery = None
) -> Response:
    """应返还业主、售房单位或国库的资金（元）：应付、已付、未付；令牌限定区县时只含所辖区县。"""
    counties = counties_seen(who, county)
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        return money(obligation_list(connection, counties, as_of, position))

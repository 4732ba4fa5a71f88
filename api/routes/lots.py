"""The lots (存单、国债) of the books the caller may see."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answers import AsOf, KnownAt, Projected, money
from api.office import Desk
from api.reading import position_known
from api.security import Who, demand_county
from ledger.calendar import today
from ledger.identity import parse_book
from ledger.policy import load
from projections.lots import open_lots

router = APIRouter()

BookQuery = Annotated[
    str | None,
    Query(
        max_length=80,
        description="只看一个账套",
        examples=["532301/commodity"],
    ),
]
Within = Annotated[int | None, Query(ge=0, le=36500, description="只看多少天内到期及已逾期的", examples=[30])]


@router.get("/v1/lots", summary="存单与国债", dependencies=[Projected])
def get_lots(
    desk: Desk,
    who: Who,
    book: BookQuery = None,
    as_of: AsOf = None,
    within: Within = None,
    known_at: KnownAt = None,
) -> Response:
    """未收回的存单和债券（元），按到期日排列；不给日期则截至今天。"""
    chosen = None
    if book is not None:
        county, fund = parse_book(book)
        chosen = load().county(county).code, fund
        demand_county(who, chosen[0])
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        found = open_lots(
            connection,
            as_of or today(desk.clock),
            counties=who.counties,
            book=chosen,
            within=within,
            position=position,
        )
    return money(found)

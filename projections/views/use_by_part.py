"""What the fund was used for (资金使用部位): by county, fund kind, year and part, with each part's share."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, and_, case, cast, func, select

from ledger.identity import FUND_NAMES
from projections.views.projects import OTHER, PARTS, fen, proposals, spent
from projections.views.view import Asked, Column, Filter, View


def _used(asked: Asked) -> Select[Any]:
    """A project counts in every year in which what it was paid did not come to nothing."""
    paid, proposed = spent(asked), proposals(asked)
    same = and_(proposed.c.county == paid.c.county, proposed.c.project == paid.c.project)
    by_project = (
        select(
            paid.c.county,
            paid.c.fund,
            func.to_char(paid.c.value_date, "YYYY").label("year"),
            func.coalesce(proposed.c.part, OTHER).label("part"),
            paid.c.project,
            fen(func.sum(paid.c.amount)).label("amount"),
        )
        .join_from(paid, proposed, same, isouter=True)
        .group_by(paid.c.county, paid.c.fund, "year", func.coalesce(proposed.c.part, OTHER), paid.c.project)
        .having(func.sum(paid.c.amount) != 0)
        .subquery("by_project")
    )
    keys = by_project.c.county, by_project.c.fund, by_project.c.year, by_project.c.part
    amount = func.sum(by_project.c.amount)
    whole = func.sum(amount).over(partition_by=keys[:3])
    share = case((whole == 0, None), else_=func.round(amount * 10000 / whole))
    return select(
        *keys,
        func.count().label("projects"),
        fen(amount).label("amount"),
        cast(share, BigInteger).label("share"),
    ).group_by(*keys)


USE_BY_PART: Final = View(
    name="use-by-part",
    title="资金使用部位",
    columns=(
        Column("county", "区县", "county"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("year", "年度", "text"),
        Column("part", "维修部位", "text", terms=PARTS),
        Column("projects", "项目数", "count", total=True),
        Column("amount", "使用金额", "money", total=True),
        Column("share", "占当年使用", "percent"),
    ),
    order=("county", "fund", "year", "part"),
    select=_used,
    filters={
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
        "year": Filter("年度", "text"),
        "part": Filter("维修部位", "text", terms=PARTS),
    },
    note="按支付和退回的记账日归年，退回冲减；一个项目跨年或两类资金都用的，各计一次；占比为同一区县、资金类型、年度之内",
)

"""Unit accounts with their balances (分户账余额), and those whose balance is low (余额不足首期 30%)."""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from ledger import policy
from ledger.identity import FUND_NAMES, PART_NAMES
from projections.due_decisions import due_decisions
from projections.obligations import obligations
from projections.postings import postings
from projections.views.flows import fen
from projections.views.units import ACCOUNT, UNIT, first_deposits, held, same, unit_accounts
from projections.views.view import Asked, Column, Filter, View

USAGES: Final[dict[str, str]] = {"residential": "住宅", "nonresidential": "非住宅"}

_PLACE: Final = (
    Column("county", "区县", "county"),
    Column("estate", "小区编码", "text"),
    Column("estate_name", "小区名称", "text"),
    Column("building", "楼幢编码", "text"),
    Column("name", "幢号", "text"),
    Column("unit", "户号", "text"),
)
_FILTERS: Final = {
    "estate": Filter("小区编码", "text"),
    "building": Filter("楼幢编码", "text"),
    "unit": Filter("户号", "text"),
    "fund": Filter("资金类型", "text", terms=FUND_NAMES),
}


def _accounts(asked: Asked) -> Select[Any]:
    account = unit_accounts(asked).subquery("account")
    money, first = held(asked), first_deposits(asked)
    own = account.c
    return (
        select(
            *(own[column.name] for column in _PLACE),
            own.part,
            own.fund,
            own.usage,
            own.area,
            own.owner,
            own.seller,
            own.realty_no,
            fen(first.c.first, "first_deposit"),
            first.c.first_on,
            fen(money.c.principal, "principal"),
            fen(money.c.interest, "interest"),
            fen(money.c.principal + money.c.interest, "balance"),
            own.closed_on.is_not(None).label("closed"),
            own.frozen,
        )
        .select_from(account)
        .outerjoin(money, same(own, money.c, ACCOUNT))
        .outerjoin(first, same(own, first.c, ACCOUNT))
    )


def _low(asked: Asked) -> Select[Any]:
    """Open owners' accounts with a first deposit and less than the floor of the day, art. 17.

    Left out as where owners are dunned: exempt units, buildings that are gone, and what the owners' assembly
    keeps itself.
    """
    floor = policy.load().dues.floor(asked.day)
    percent = 0 if floor is None else floor.percent
    account, low, exempt = (
        unit_accounts(asked).subquery("account"),
        _below(asked, percent),
        exempt_units(asked),
    )
    own = account.c
    return (
        select(
            *(own[column.name] for column in _PLACE),
            own.fund,
            own.area,
            own.owner,
            low.c.first.label("first_deposit"),
            literal(percent * 100).label("percent"),
            low.c.least.label("floor"),
            low.c.balance,
            cast(low.c.balance * 10_000 // low.c.first, BigInteger).label("share"),
            (low.c.least - low.c.balance).label("missing"),
        )
        .select_from(account)
        .join(low, same(own, low.c))
        .outerjoin(exempt, same(own, exempt.c))
        .where(
            false() if floor is None else own.part == "owner",
            own.closed_on.is_(None),
            exempt.c.building.is_(None),
            own.building.not_in(gone(asked)),
            ~_handed_over(asked, own),
        )
    )


def _below(asked: Asked, percent: int) -> CTE:
    """Owners' accounts below their share of the first deposits, found before more is asked of them."""
    money, first = held(asked), first_deposits(asked)
    least = cast((first.c.first * percent + 99) // 100, BigInteger)
    balance = cast(func.coalesce(money.c.principal + money.c.interest, 0), BigInteger)
    return (
        select(
            *(first.c[name] for name in UNIT),
            first.c.first,
            least.label("least"),
            balance.label("balance"),
        )
        .select_from(first.outerjoin(money, same(first.c, money.c, ACCOUNT)))
        .where(first.c.part == "owner", first.c.first > 0, balance < least)
        .cte("below")
        .prefix_with("materialized")
    )


def gone(asked: Asked) -> Select[Any]:
    """The buildings for which money is owed because they are gone (灭失)."""
    arisen = (obligations.c.kind == "arisen", *asked.counted(obligations))
    owed = select(obligations.c.building).where(*arisen).group_by(obligations.c.building)
    return owed.having(func.sum(obligations.c.amount_fen) > 0)


def _handed_over(asked: Asked, own: Any) -> ColumnElement[bool]:
    """Whether the account's money is in the custody of the owners' assembly (业主大会)."""
    out = postings.alias("out")
    moved = (
        select(*(out.c[name] for name in ACCOUNT))
        .where(out.c.kind == "custody", *asked.counted(out))
        .group_by(*(out.c[name] for name in ACCOUNT))
        .having(func.sum(out.c.principal_fen + out.c.interest_fen) < 0)
        .subquery("moved_out")
    )
    return exists().where(same(own, moved.c, ACCOUNT))


def exempt_units(asked: Asked) -> Subquery:
    """Units that need not deposit on the day: the last decision of these kinds counts, by its day."""
    made = due_decisions.c
    cuts = [made.position <= asked.cut, made.kind.in_(("exempt", "lift"))]
    if asked.as_of is not None:
        cuts.append(made.decided_on <= asked.as_of)
    last = (
        select(due_decisions)
        .where(*cuts)
        .ext(distinct_on(made.building, made.unit))
        .order_by(made.building, made.unit, made.decided_on.desc(), made.position.desc())
        .subquery("last_decision")
    )
    until = last.c.until
    stands = or_(until.is_(None), until >= asked.day)
    return select(*(last.c[name] for name in UNIT)).where(last.c.kind == "exempt", stands).subquery("exempt")


ACCOUNTS: Final = View(
    name="accounts",
    title="分户账余额",
    columns=(
        *_PLACE,
        Column("part", "归属", "text", terms=PART_NAMES),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("usage", "用途", "text", terms=USAGES),
        Column("area", "建筑面积", "area"),
        Column("owner", "业主", "person"),
        Column("seller", "售房单位", "text"),
        Column("realty_no", "不动产单元号", "text"),
        Column("first_deposit", "首期交存", "money", total=True),
        Column("first_on", "首交日期", "date"),
        Column("principal", "本金余额", "money", total=True),
        Column("interest", "利息余额", "money", total=True),
        Column("balance", "余额", "money", total=True),
        Column("closed", "销户", "flag"),
        Column("frozen", "冻结", "text"),
    ),
    order=("building", "unit", "part"),
    select=_accounts,
    filters={
        **_FILTERS,
        "part": Filter("归属", "text", terms=PART_NAMES),
        "closed": Filter("销户", "flag"),
    },
    note="每户（已售公有住房每户两个账户）一行；资料按已知至，业主和冻结还按截至日",
)

LOW_BALANCE: Final = View(
    name="low-balance",
    title="余额不足首期30%的账户",
    columns=(
        *_PLACE,
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("area", "建筑面积", "area"),
        Column("owner", "业主", "person"),
        Column("first_deposit", "首期交存", "money", total=True),
        Column("percent", "续交比例", "percent"),
        Column("floor", "应有余额", "money", total=True),
        Column("balance", "余额", "money", total=True),
        Column("share", "余额占首期", "percent"),
        Column("missing", "应续交", "money", total=True),
    ),
    order=("building", "unit"),
    select=_low,
    filters=_FILTERS,
    note="比例见政策 floor；不含免交、已灭失、已划转业主大会和已销户的",
)

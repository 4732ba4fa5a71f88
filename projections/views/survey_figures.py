"""The figures of the county survey: what the ledger knows of the funds of commercial housing (商品住宅)."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    and_,
    case,
    extract,
    func,
    literal,
    or_,
    select,
)

from projections.bank_moves import bank_moves
from projections.book_entries import book_entries
from projections.deposits import deposits
from projections.designations import designations
from projections.lot_entries import lot_entries
from projections.obligations import obligations
from projections.postings import postings
from projections.repair_steps import repair_steps
from projections.views.accounts import LOW_BALANCE
from projections.views.flows import of_books
from projections.views.projects import OTHER, fen, proposals, spent
from projections.views.units import UNIT, same, unit_accounts
from projections.views.view import Asked
from projections.yearly import yearly

FUND: Final = "commodity"


class One:
    """A row of figures: each by its name, as a value of its own."""

    def __init__(self, figures: CTE) -> None:
        self._figures = figures

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return select(self._figures.c[name]).scalar_subquery()


def _collected(asked: Asked) -> CTE:
    """Open units that ever had a deposit or an opening balance: estates, buildings, units, floor area."""
    unit = unit_accounts(asked).subquery("unit").c
    entry = postings.c
    paid = (
        select(entry.building, entry.unit)
        .where(*asked.counted(postings), entry.kind.in_(("deposit", "opening", "moved")))
        .where(entry.part == "owner", entry.fund == FUND)
        .group_by(entry.building, entry.unit)
        .having(func.sum(entry.principal_fen) > 0)
        .subquery("paid")
    )
    return (
        select(
            func.count(unit.estate.distinct()).label("estates"),
            func.count(unit.building.distinct()).label("buildings"),
            func.count(unit.unit).label("units"),
            fen(func.sum(unit.area)).label("area"),
        )
        .join_from(paid, unit.unit.table, same(unit, paid.c, UNIT))
        .where(unit.part == "owner", unit.closed_on.is_(None))
        .cte("collected")
    )


def _money(asked: Asked, name: str = "money") -> CTE:
    """The sums of the books: deposits, growth, withdrawn, refunded, other and balance."""
    moved = of_books(asked).subquery(f"{name}_moved")
    sums = ("deposits", "growth", "withdrawn", "refunded", "other", "balance")
    return (
        select(*(fen(func.sum(moved.c[each])).label(each) for each in sums))
        .where(moved.c.fund == FUND)
        .cte(name)
    )


def _of_year(asked: Asked) -> CTE:
    """Gains received in the year of the day asked for."""
    entry = book_entries.c
    return (
        select(fen(func.sum(entry.amount_fen)).label("growth"))
        .where(*asked.counted(book_entries), entry.fund == FUND, entry.kind == "gain")
        .where(extract("year", entry.value_date) == asked.day.year)
        .cte("of_year")
    )


def _before_year(asked: Asked) -> CTE:
    """The sums of the books at the end of the year before."""
    return _money(asked._replace(as_of=date(asked.day.year - 1, 12, 31)), "before_year")


def _used(asked: Asked) -> CTE:
    """Projects for which anything was paid and kept: all, and by lift, fire, roof and outer wall, other."""
    paid, proposed = spent(asked), proposals(asked)
    place = and_(proposed.c.county == paid.c.county, proposed.c.project == paid.c.project)
    part = func.coalesce(proposed.c.part, OTHER)
    kind = case((part.in_(("roof", "outer-wall")), "shell"), (part.in_(("lift", "fire")), part), else_=OTHER)
    by_project = (
        select(kind.label("kind"), func.sum(paid.c.amount).label("amount"))
        .join_from(paid, proposed, place, isouter=True)
        .where(paid.c.fund == FUND)
        .group_by(kind, paid.c.county, paid.c.project)
        .having(func.sum(paid.c.amount) != 0)
        .subquery("by_project")
    )
    columns: list[ColumnElement[Any]] = [
        func.count().label("projects"),
        fen(func.sum(by_project.c.amount)).label("amount"),
    ]
    for name in ("lift", "fire", "shell", OTHER):
        mine = by_project.c.kind == name
        columns.append(func.count().filter(mine).label(f"{name}_projects"))
        columns.append(fen(func.sum(by_project.c.amount).filter(mine)).label(f"{name}_amount"))
    return select(*columns).cte("used")


def _days(asked: Asked) -> CTE:
    """Average days from application to the first payment of ordinary projects and of emergencies.

    Of projects that say when they applied, and were not paid before.
    """
    step = repair_steps.c
    applied = func.min(step.applied_on).filter(step.step == "proposed")
    paid = func.min(step.value_date).filter(step.step == "paid")
    declared = or_(step.emergency, step.step == "emergency")
    by_project = (
        select(
            (paid - applied).label("days"), func.coalesce(func.bool_or(declared), False).label("emergency")
        )
        .where(*_commodity_projects(asked))
        .group_by(step.county, step.project)
        .having(paid >= applied)
        .subquery("waited")
    )
    each = by_project.c
    return select(
        func.round(func.avg(each.days).filter(~each.emergency)).label("normal"),
        func.round(func.avg(each.days).filter(each.emergency)).label("emergency"),
    ).cte("days")


def _commodity_projects(asked: Asked) -> list[ColumnElement[bool]]:
    paid = spent(asked)
    step = repair_steps.c
    mine = select(paid.c.project).where(
        paid.c.county == step.county, paid.c.project == step.project, paid.c.fund == FUND
    )
    return [*asked.counted(repair_steps), mine.exists()]


def _banks(asked: Asked) -> CTE:
    """Designated accounts (专户) of the day: banks, accounts, and accounts with a tender paper."""
    opened, closed = designations.alias("opened"), designations.alias("given_up")
    day = literal(asked.day, Date)
    given_up = (
        select(closed.c.position)
        .where(
            closed.c.county == opened.c.county,
            closed.c.fund == opened.c.fund,
            closed.c.account == opened.c.account,
            closed.c.closed,
            closed.c.position > opened.c.position,
            closed.c.position <= asked.cut,
            closed.c.value_date < day,
        )
        .exists()
    )
    return (
        select(
            func.count(opened.c.bank.distinct()).label("banks"),
            func.count(opened.c.account.distinct()).label("accounts"),
            func.count(opened.c.account.distinct()).filter(opened.c.tender.is_not(None)).label("tenders"),
        )
        .where(*asked.known(opened), opened.c.fund == FUND, ~opened.c.closed, ~given_up)
        .where(opened.c.value_date <= day)
        .cte("banks")
    )


def _laid_out(asked: Asked) -> CTE:
    """Where the money is: deposits by term, bonds, other investments, petty cash; the rest is at call.

    A pledge moves no money. What is owed for destroyed buildings is still at the bank.
    """
    entry = lot_entries.c
    lots = (
        select(
            entry.lot_kind,
            func.sum(entry.amount_fen).label("amount"),
            func.max(entry.term_months).label("months"),
        )
        .where(*asked.counted(lot_entries), entry.fund == FUND, entry.lot_kind != "pledge")
        .group_by(entry.county, entry.lot, entry.lot_kind)
        .subquery("lots")
    )
    kind, months = lots.c.lot_kind, lots.c.months
    groups: dict[str, ColumnElement[bool]] = {
        "short": and_(kind == "time", func.coalesce(months, 0) <= 12),
        "long": and_(kind == "time", months > 12),
        "notice": kind.in_(("notice", "agreement")),
        "bonds": kind == "bond",
        "others": kind.not_in(("time", "notice", "agreement", "bond")),
    }
    return select(
        fen(func.sum(lots.c.amount)).label("all"),
        *(fen(func.sum(lots.c.amount).filter(which)).label(name) for name, which in groups.items()),
        _owed(asked).label("owed"),
        _booked(asked, "petty-cash").label("petty"),
        _booked(asked, "other-expense").label("expense"),
        _office_costs(asked).label("office"),
    ).cte("laid_out")


def _owed(asked: Asked) -> ColumnElement[int]:
    owed = obligations.c
    return fen(
        select(func.sum(owed.amount_fen))
        .where(*asked.counted(obligations), owed.fund == FUND)
        .scalar_subquery()
    )


def _booked(asked: Asked, kind: str) -> ColumnElement[int]:
    entry = book_entries.c
    return fen(
        select(func.sum(entry.amount_fen))
        .where(*asked.counted(book_entries), entry.fund == FUND, entry.kind == kind)
        .scalar_subquery()
    )


def _office_costs(asked: Asked) -> ColumnElement[int]:
    """Other expense that was said to be for the office (办公) and was not taken back."""
    entry, back = book_entries.c, bank_moves.c
    stream = func.concat("book/", entry.county, "/", entry.fund)
    taken_back = (
        select(back.position)
        .where(back.stream == stream, back.reverses_version == entry.version, back.position <= asked.cut)
        .exists()
    )
    return fen(
        select(func.sum(entry.amount_fen))
        .where(*asked.counted(book_entries), entry.fund == FUND)
        .where(entry.kind == "other-expense", entry.category == "office", ~taken_back)
        .scalar_subquery()
    )


def _added(asked: Asked) -> CTE:
    """Renewed (续交) and made up (补交): units and money, less what went back."""
    line = deposits.c
    unit = func.concat(line.building, "/", line.unit)
    columns: list[ColumnElement[Any]] = []
    for name, kind in (("renewed", "top-up"), ("made_up", "make-up")):
        mine = line.kind == kind
        columns.append(func.count(unit.distinct()).filter(mine, line.amount_fen > 0).label(f"{name}_units"))
        columns.append(fen(func.sum(line.amount_fen).filter(mine)).label(name))
    same_line = and_(postings.c.position == line.position, postings.c.line == line.line)
    return (
        select(*columns)
        .join_from(deposits, postings, same_line)
        .where(*asked.counted(deposits), postings.c.fund == FUND)
        .cte("added")
    )


def _low(asked: Asked) -> CTE:
    """Units below the floor of their first deposits (余额不足), art. 17, as the list of them has them."""
    below = LOW_BALANCE.select(asked).subquery("below")
    return select(func.count().label("units")).where(below.c.fund == FUND).cte("low")


def _handed_over(asked: Asked) -> CTE:
    """What owners' assemblies keep themselves (自行管理): buildings and money, less what came back."""
    entry = postings.c
    by_building = (
        select((-func.sum(entry.principal_fen + entry.interest_fen)).label("amount"))
        .where(*asked.counted(postings), entry.fund == FUND, entry.kind == "custody")
        .group_by(entry.building)
        .having(func.sum(entry.principal_fen + entry.interest_fen) < 0)
        .subquery("by_building")
    )
    return select(func.count().label("buildings"), fen(func.sum(by_building.c.amount)).label("amount")).cte(
        "handed_over"
    )


def _done(asked: Asked) -> CTE:
    """What the books of the year did: publications (公布) and reconciliations with banks (对账)."""
    row = yearly.c
    counted = [
        func.count().filter(row.kind == kind).label(name)
        for name, kind in (("published", "publication"), ("reconciled", "reconciliation"))
    ]
    year = extract("year", row.value_date) == asked.day.year
    return select(*counted).where(*asked.counted(yearly), row.fund == FUND, year).cte("done")


class Figures:
    """All figures for one question, each row of them computed once."""

    def __init__(self, asked: Asked) -> None:
        self.collected = One(_collected(asked))
        self.money = One(_money(asked))
        self.of_year = One(_of_year(asked))
        self.before_year = One(_before_year(asked))
        self.used = One(_used(asked))
        self.days = One(_days(asked))
        self.banks = One(_banks(asked))
        self.laid_out = One(_laid_out(asked))
        self.added = One(_added(asked))
        self.low = One(_low(asked))
        self.handed_over = One(_handed_over(asked))
        self.done = One(_done(asked))

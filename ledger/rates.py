"""Interest at listed rates (定率计息): what each account earned between two settlements, to the fen.

Money is first in first out: what leaves is taken from the money carried over first, then from this year's in
the order it arrived. Money in and out of one day count as their difference, so that an entry and its reversal
(冲正) cancel exactly. A day of arrival counts, a day of leaving or settlement does not.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from ledger import book, building
from ledger.building import Account, settles
from ledger.commands import AccrueRates
from ledger.errors import Refusal, Refused
from ledger.events import BuildingCredit, InterestAccrued, InterestLine, ListedRate, Product, RatesAccrued
from ledger.identity import Fund, Part
from ledger.limits import day_refusal, refuse_any
from ledger.money import Fen, round_half_up
from ledger.policy import Policy
from ledger.policy.rates import PRODUCT_NAMES, fraction_of
from ledger.sharing import pass_on
from ledger.stamp import Stamp

DAYS_OF_A_YEAR: Final = 360
"""The bank's year, to which a rate a year belongs when days are counted."""


class Held(NamedTuple):
    """How long the money of an account lay between two settlements, by the rate that it earns.

    ``carried_years``: fen × whole years since the last settlement; ``arrived_days``: fen × days of money that
    arrived since then; ``demand_days``: fen × days of money that left, and beyond the whole years.
    """

    carried_years: int
    arrived_days: int
    demand_days: int


class _Stay(NamedTuple):
    """Some money from its arrival (None: carried over) to a day, and whether it left then."""

    amount_fen: Fen
    since: date | None
    until: date
    left: bool


def held(account: Account, previous: date | None, boundary: date, version: int) -> Held:
    """What the postings of event version ≤ ``version`` and a value date before the boundary come to.

    A posting recorded after the settlement of its day counts from its own day to the last settlement as
    arrived, and from there as carried over: what was missed is given, what was too much is taken back.
    """
    carried_fen = account.settled_fen
    carried_years = arrived_days = demand_days = 0
    moved: defaultdict[date, Fen] = defaultdict(int)
    for posting in account.unsettled:
        if not settles(posting, boundary, version):
            continue
        if previous is not None and posting.value_date < previous:
            carried_fen += posting.amount_fen
            arrived_days += posting.amount_fen * (previous - posting.value_date).days
        else:
            moved[posting.value_date] += posting.amount_fen
    for amount_fen, since, until, left in _stays(carried_fen, moved, boundary):
        if since is None:
            years, days = (0, 0) if previous is None else whole_years(previous, until)
            carried_years += amount_fen * years
            demand_days += amount_fen * days
        elif left:
            demand_days += amount_fen * (until - since).days
        else:
            arrived_days += amount_fen * (until - since).days
    return Held(carried_years, arrived_days, demand_days)


def _stays(carried_fen: Fen, moved: Mapping[date, Fen], boundary: date) -> Iterator[_Stay]:
    """First in first out; an account below zero earns nothing until money has made good for it."""
    short = max(-carried_fen, 0)
    lots: deque[tuple[Fen, date | None]] = deque([(carried_fen, None)] if carried_fen > 0 else [])
    for day, amount_fen in sorted(moved.items()):
        if amount_fen > 0:
            made_good = min(short, amount_fen)
            short -= made_good
            lots.append((amount_fen - made_good, day))
            continue
        leaving = -amount_fen
        while leaving and lots:
            there, since = lots.popleft()
            out = min(leaving, there)
            yield _Stay(out, since, day, left=True)
            leaving -= out
            if out < there:
                lots.appendleft((there - out, since))
        short += leaving
    for there, since in lots:
        yield _Stay(there, since, boundary, left=False)


def whole_years(start: date, end: date) -> tuple[int, int]:
    """The whole years from one day to another (对年对月对日), and the days beyond them.

    The year of 29 February ends on the 28th where there is no 29th.
    """
    years = end.year - start.year
    if _anniversary(start, end.year) > end:
        years -= 1
    return years, (end - _anniversary(start, start.year + years)).days


def _anniversary(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return day.replace(year=year)


def interest_fen(found: Held, terms: RatesAccrued) -> Fen:
    """The interest of an account, rounded half-up once; nothing where it would be below zero."""
    by_days = found.arrived_days * fraction_of(terms.this_year.percent)
    by_days += found.demand_days * fraction_of(terms.demand.percent)
    by_years = found.carried_years * fraction_of(terms.carried.percent)
    return max(round_half_up(by_days / DAYS_OF_A_YEAR + by_years), 0)


def earned(
    state: building.State, fund: Fund, terms: RatesAccrued, version: int
) -> dict[tuple[str, Part], Fen]:
    """What the accounts of one fund in a building earned, as its stream stood at a version.

    Accounts of a building that had left earn nothing; what an account closed by a split or merger (销户)
    earned goes to those that took its place.
    """
    closed = state.standing.closed(version)
    found = {
        (unit, part): 0
        if part in closed
        else interest_fen(held(account, terms.previous, terms.boundary, version), terms)
        for (unit, part), account in state.accounts.items()
        if state.units[unit].fund == fund
    }
    pass_on(found, state.closed)
    return found


def decide_rates(
    state: book.State,
    states: Mapping[str, building.State],
    command: AccrueRates,
    policy: Policy,
    stamp: Stamp,
    today: date,
) -> RatesAccrued:
    """Fix the interest (定率计息) of all buildings of a book at the rates listed on the settlement day.

    Raises Refused ``date-future``, ``boundary-not-later``, ``method-mixed``, ``rate-unknown``,
    ``interest-none``.
    """
    refuse_any([day_refusal(command.settled_on, today, "settled_on", term="结息日")])
    refuse_any([book.boundary_refusal(state, RatesAccrued, command.settled_on, "settled_on")])
    this_year, carried, demand = _listed(policy, command)
    fixed = RatesAccrued(
        **stamp,
        value_date=command.settled_on,
        settled_on=command.settled_on,
        previous=state.last.boundary if state.last else None,
        bank=command.bank,
        this_year=this_year,
        carried=carried,
        demand=demand,
        waiting_fen=state.pool_fen(command.settled_on + timedelta(days=1)),
        total_fen=0,
        shares=(),
    )
    shares = tuple(
        BuildingCredit(
            building=name,
            version=found.version,
            credit_fen=sum(earned(found, command.fund, fixed, found.version).values()),
        )
        for name, found in sorted(states.items())
    )
    total_fen = sum(share.credit_fen for share in shares)
    if not total_fen:
        message = f"至 {command.settled_on} 没有任何账户有一分以上的利息"
        raise Refused(Refusal("interest-none", message, "settled_on"))
    return replace(fixed, total_fen=total_fen, shares=shares)


def _listed(policy: Policy, command: AccrueRates) -> list[ListedRate]:
    """The rates of this year's money, of carried-over money and of demand deposits on the day."""
    products: tuple[Product, ...] = (command.this_year, command.carried, "demand")
    listed = policy.rates.on(command.bank, command.settled_on)
    missing = dict.fromkeys(PRODUCT_NAMES[name] for name in products if name not in listed)
    if missing:
        message = f"没有 {command.bank} 在 {command.settled_on} 的{'、'.join(missing)}利率"
        raise Refused(Refusal("rate-unknown", message, "bank"))
    return [ListedRate(product=name, percent=listed[name]) for name in products]


def decide_accrual(
    state: building.State,
    fixed: BuildingCredit,
    settlement: str,
    fund: Fund,
    terms: RatesAccrued,
    stamp: Stamp,
) -> InterestAccrued:
    """Credit the building's interest to its accounts (计息), as its stream stood when it was fixed.

    Raises ValueError when it no longer adds up to what was fixed: then the log contradicts itself.
    """
    found = earned(state, fund, terms, fixed.version)
    if sum(found.values()) != fixed.credit_fen:
        raise ValueError(f"{settlement}: the interest of building {fixed.building} is not the one fixed")
    return InterestAccrued(
        **stamp,
        value_date=terms.settled_on,
        distribution=settlement,
        fund=fund,
        boundary=terms.boundary,
        settles=fixed.version,
        lines=tuple(
            InterestLine(unit=unit, part=part, interest_fen=found[unit, part])
            for unit, part in sorted(found)
            if found[unit, part]
        ),
    )

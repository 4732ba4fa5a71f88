"""What is due (应交) beside the standards: multipliers, exemptions, sold public housing, the 30 % floor."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, TypeVar

from ledger.money import Fen
from ledger.policy.rows import Period, PolicyError, Tables, one_at_a_time, rows

Mark = Literal["found", "article", "custom", "unverified"]


class Multiplier(Period, frozen=True, kw_only=True):
    """The part of the standard that counties ask for a time (减半交存 and the like): ``1/2``."""

    counties: tuple[str, ...]
    factor: str
    mark: Mark

    def __post_init__(self) -> None:
        try:
            factor = Fraction(self.factor)
        except ZeroDivisionError as error:
            raise ValueError("a factor has a denominator") from error
        if not 0 < factor <= 1 or factor.denominator > 1000:
            raise ValueError("a factor lies above 0, is 1 at most and has three digits")


class Ground(Period, frozen=True, kw_only=True):
    """A ground on which a unit need not deposit (免交事由), art. 6."""

    code: str
    name: str
    mark: Mark


class SellerShare(Period, frozen=True, kw_only=True):
    """The selling unit's (售房单位) share of the proceeds by class of building, art. 8."""

    lift: bool | None = None
    storeys_from: int = 1
    storeys_to: int | None = None
    percent: int
    mark: Mark

    def covers(self, lift: bool, storeys: int) -> bool:
        """Whether a building of this kind is of the class."""
        return (
            self.lift in (None, lift)
            and self.storeys_from <= storeys
            and (self.storeys_to is None or storeys <= self.storeys_to)
        )


class SellerTerm(Period, frozen=True, kw_only=True):
    """How many days after receiving the proceeds the selling unit deposits its share, art. 12."""

    days: int
    mark: Mark


class OwnerShare(Period, frozen=True, kw_only=True):
    """What owners of sold public housing deposit of the reform cost price (房改成本价), art. 8."""

    percent: int
    mark: Mark


class ReformCost(Period, frozen=True, kw_only=True):
    """The reform cost price (房改成本价) of counties, fen per m²."""

    counties: tuple[str, ...]
    fen_per_m2: Fen
    mark: Mark


class Floor(Period, frozen=True, kw_only=True):
    """Below this share of its first deposits an account must be topped up (续交), art. 17."""

    percent: int
    mark: Mark

    def floor_fen(self, first_fen: Fen) -> Fen:
        """The least balance, up to the fen: an account below it is below the share."""
        return -(-first_fen * self.percent // 100)


ROW = TypeVar("ROW", bound=Period)


@dataclass(frozen=True, slots=True)
class DueRules:
    """The dated rows of ``multipliers``, ``exemptions``, ``public`` and ``floor``."""

    multipliers: Sequence[Multiplier]
    grounds: Sequence[Ground]
    seller_shares: Sequence[SellerShare]
    seller_terms: Sequence[SellerTerm]
    owner_shares: Sequence[OwnerShare]
    reform_costs: Sequence[ReformCost]
    floors: Sequence[Floor]

    def factor(self, county: str, on: date) -> Fraction:
        """What part of the standard a county asks on a day; 1 where no policy says otherwise."""
        row = _on((row for row in self.multipliers if county in row.counties), on)
        return Fraction(1) if row is None else Fraction(row.factor)

    def ground(self, code: str, on: date) -> Ground | None:
        """The ground of exemption of a code in force on a day."""
        return _on((row for row in self.grounds if row.code == code), on)

    def seller_share(self, lift: bool, storeys: int, on: date) -> SellerShare | None:
        """The selling unit's share for a building on a day."""
        return _on((row for row in self.seller_shares if row.covers(lift, storeys)), on)

    def seller_term(self, on: date) -> SellerTerm | None:
        """The selling unit's days of grace for money received on a day."""
        return _on(self.seller_terms, on)

    def owner_share(self, on: date) -> OwnerShare | None:
        """The owner's share of the reform cost price on a day."""
        return _on(self.owner_shares, on)

    def reform_cost(self, county: str, on: date) -> ReformCost | None:
        """The reform cost price of a county on a day; None where no paper was found."""
        return _on((row for row in self.reform_costs if county in row.counties), on)

    def floor(self, on: date) -> Floor | None:
        """The share of the first deposits that an account keeps on a day."""
        return _on(self.floors, on)


def _on(found: Iterable[ROW], on: date) -> ROW | None:
    return next((row for row in found if row.holds(on)), None)


def read(tables: Tables, counties: Collection[str]) -> DueRules:
    """The rules of the files as parsed; raises PolicyError naming file and row."""
    multipliers = _may_be_empty(tables, "multipliers", "multiplier", Multiplier)
    costs = _may_be_empty(tables, "public", "cost", ReformCost)
    grounds = rows(tables, "exemptions", "ground", Ground)
    found = DueRules(
        multipliers=multipliers,
        grounds=grounds,
        seller_shares=rows(tables, "public", "seller", SellerShare),
        seller_terms=rows(tables, "public", "term", SellerTerm),
        owner_shares=rows(tables, "public", "owner", OwnerShare),
        reform_costs=costs,
        floors=rows(tables, "floor", "floor", Floor),
    )
    _by_county("multipliers", multipliers, counties)
    _by_county("public", costs, counties)
    for code in {ground.code for ground in grounds}:
        one_at_a_time("exemptions", [ground for ground in grounds if ground.code == code])
    _check_public(found)
    one_at_a_time("floor", found.floors)
    _percents("floor", found.floors)
    return found


def _check_public(found: DueRules) -> None:
    for lift in (False, True):
        shares = [row for row in found.seller_shares if row.lift in (None, lift)]
        for storeys in {row.storeys_from for row in shares} | {row.storeys_to or 1 for row in shares}:
            one_at_a_time("public", [row for row in shares if row.covers(lift, storeys)])
    one_at_a_time("public", found.seller_terms)
    one_at_a_time("public", found.owner_shares)
    _percents("public", [*found.seller_shares, *found.owner_shares])
    if any(term.days < 0 for term in found.seller_terms):
        raise PolicyError("public.toml: days must not be negative")
    if any(cost.fen_per_m2 <= 0 for cost in found.reform_costs):
        raise PolicyError("public.toml: fen_per_m2 must be positive")


def _may_be_empty(tables: Tables, file: str, key: str, kind: type[ROW]) -> tuple[ROW, ...]:
    """The rows of a file that says ``key = []`` where there are none."""
    return () if tables.get(file, {}).get(key) == [] else rows(tables, file, key, kind)


def _by_county(file: str, found: Sequence[Multiplier] | Sequence[ReformCost], known: Collection[str]) -> None:
    for code in {code for row in found for code in row.counties}:
        if code not in known:
            raise PolicyError(f"{file}.toml: {code} is no county of counties.toml")
        one_at_a_time(file, [row for row in found if code in row.counties])


def _percents(file: str, found: Iterable[SellerShare | OwnerShare | Floor]) -> None:
    if any(not 0 < row.percent <= 100 for row in found):
        raise PolicyError(f"{file}.toml: percent lies above 0 and is 100 at most")

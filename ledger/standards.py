"""What a unit owes at first (首期应交额): area × standard × multiplier, or the owner's part by art. 8."""

from datetime import MAXYEAR, date, timedelta
from fractions import Fraction
from typing import NamedTuple

from ledger.identity import Fund
from ledger.money import Fen, round_half_up
from ledger.policy import Policy


class Rate(NamedTuple):
    """What a m² costs: fen per m² and the part of it that is asked; ``source`` is the paper."""

    fen_per_m2: Fen
    factor: Fraction
    source: str

    def due_fen(self, area_dm2: int) -> Fen:
        """The amount due for an area in 0.01 m², exact until it is rounded half-up once, to the fen."""
        asked = self.fen_per_m2 * area_dm2 * self.factor.numerator
        return round_half_up(Fraction(asked, 100 * self.factor.denominator))


def rate(policy: Policy, county: str, fund: Fund, lift: bool, storeys: int, on: date) -> Rate | None:
    """The rate of a unit's owner on a day; None where no standard is known.

    None for a building without lift of seven storeys or more, before 165号令, and for sold public housing
    where no reform cost price (房改成本价) is on record. Art. 7 and 8.
    """
    if county not in policy.county_of:
        return None
    today = policy.county(county).code
    if fund == "public":
        cost, share = policy.dues.reform_cost(today, on), policy.dues.owner_share(on)
        if cost is None or share is None:
            return None
        return Rate(cost.fen_per_m2, Fraction(share.percent, 100), cost.source)
    standard = policy.standard(today, lift, storeys, on)
    if standard is None:
        return None
    return Rate(standard.fen_per_m2, policy.dues.factor(today, on), standard.source)


def standard_year(on: date) -> tuple[date, date]:
    """First and last day of the year of a published standard: 1 March to the end of February.

    云南省住宅专项维修资金交存管理规定 (公告第22号).
    """
    year = on.year if on.month >= 3 else on.year - 1
    last = date.max if year == MAXYEAR else date(year + 1, 3, 1) - timedelta(days=1)
    return date(year, 3, 1), last

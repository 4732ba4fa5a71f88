"""The prefecture's quotas (全州指标): what each county's registers must add up to.

Published for the end of 2019 (楚住建复〔2020〕5号): 1,009 estates, collected 1,079,000,000.00 yuan of which
growth 57,101,300.00, drawn 10,572,000.00. How it falls on the ten counties is invented here, because no
county's amounts are published.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ledger.errors import InputError
from ledger.events import Management
from ledger.money import Fen, round_half_up, split

END: Final = date(2019, 12, 31)
ESTATES: Final = 1009
MANAGEMENT: Final[dict[Management, int]] = {"professional": 457, "self": 370, "community": 42, "other": 140}
COLLECTED: Final = 107_900_000_000
GROWTH: Final = 5_710_130_000
WITHDRAWN: Final = 1_057_200_000
SMALLEST_SCALE: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Place:
    """One county (区县): GB/T 2260 code, name, its invented share of the prefecture in hundredths."""

    code: str
    name: str
    share: int


PLACES: Final = (
    Place("532301", "楚雄市", 34),
    Place("532302", "禄丰市", 14),
    Place("532322", "双柏县", 4),
    Place("532323", "牟定县", 6),
    Place("532324", "南华县", 8),
    Place("532325", "姚安县", 7),
    Place("532326", "大姚县", 9),
    Place("532327", "永仁县", 3),
    Place("532328", "元谋县", 7),
    Place("532329", "武定县", 8),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """What all registers together add up to, in fen, at the end of 2019."""

    collected: Fen
    growth: Fen
    withdrawn: Fen

    @property
    def deposits(self) -> Fen:
        """Money deposited: collected (归集) contains the growth (增值)."""
        return self.collected - self.growth

    @property
    def balance(self) -> Fen:
        """What is left (结余)."""
        return self.collected - self.withdrawn


@dataclass(frozen=True, slots=True)
class Quota:
    """One county's part: estates by management in order of their codes, and fen to the cent."""

    index: int
    place: Place
    estates: tuple[Management, ...]
    deposits: Fen
    growth: Fen

    @property
    def collected(self) -> Fen:
        """Deposits and growth."""
        return self.deposits + self.growth


def parse_scale(text: Decimal | str) -> Decimal:
    """The scale (规模) as an exact decimal; raises InputError ``scale-invalid`` below 0.01 or above 1000."""
    try:
        scale = Decimal(text)
    except ArithmeticError as error:
        raise InputError("scale-invalid", f"规模“{text}”不是数字") from error
    if not scale.is_finite() or not SMALLEST_SCALE <= scale <= 1000:
        raise InputError("scale-invalid", f"规模“{text}”应在 0.01 与 1000 之间")
    return scale


def totals(scale: Decimal) -> Totals:
    """The published totals times the scale, half-up to the fen."""
    return Totals(*(round_half_up(published * scale) for published in (COLLECTED, GROWTH, WITHDRAWN)))


def quotas(scale: Decimal) -> list[Quota]:
    """Every county's part; the parts add up to the totals exactly, and no county is without an estate."""
    shares = [place.share for place in PLACES]
    whole = totals(scale)
    estates = max(len(PLACES), round_half_up(ESTATES * scale))
    kinds = _interleaved(dict(zip(MANAGEMENT, split(estates, list(MANAGEMENT.values())), strict=True)))
    counts = [1 + more for more in split(estates - len(PLACES), shares)]
    deposits = split(whole.deposits, shares)
    growth = split(whole.growth, deposits)
    found = []
    start = 0
    for index, place in enumerate(PLACES):
        own = tuple(kinds[start : start + counts[index]])
        found.append(Quota(index, place, own, deposits[index], growth[index]))
        start += counts[index]
    return found


def _interleaved(counts: dict[Management, int]) -> list[Management]:
    """Each kind so many times, spread evenly, so that every county has its mixture."""
    spread = [((2 * step + 1) / (2 * count), kind) for kind, count in counts.items() for step in range(count)]
    return [kind for _, kind in sorted(spread)]


def spending(
    quotas: list[Quota], planted: dict[str, Fen], thrifty: frozenset[str], whole: Fen
) -> dict[str, Fen]:
    """How much each county draws (支取), by code, adding up to ``whole`` exactly.

    Thrifty counties use a quarter of a per cent. The others use one common rate, except those whose planted
    projects alone cost more.
    """
    found = {q.place.code: q.collected * 25 // 10_000 for q in quotas if q.place.code in thrifty}
    left = whole - sum(found.values())
    pool = [quota for quota in quotas if quota.place.code not in thrifty]
    while True:
        parts = split(left, [quota.collected for quota in pool])
        above = [q for q, part in zip(pool, parts, strict=True) if planted.get(q.place.code, 0) > part]
        if not above:
            return found | {q.place.code: part for q, part in zip(pool, parts, strict=True)}
        for quota in above:
            found[quota.place.code] = planted[quota.place.code]
            left -= planted[quota.place.code]
        pool = [quota for quota in pool if quota not in above]

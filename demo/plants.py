"""Planted irregularities (疑点样本): where each rule of the audit has something to find, and what it costs.

The register of plants is fixed, so that every county's spending is known before its land is drawn; how a
plant is carried out is in ``demo.misdeeds``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from ledger.money import Fen

ROOMY: Final = Decimal("0.1")
"""From this scale on every variant is planted; below, only the first of each rule."""

NEVER_DISTRIBUTED: Final = frozenset({"532323/commodity"})
"""The book whose gains never reach a unit account (I11)."""

SHOP_AREAS: Final = (3000, 3250)
"""Two shops of 30.00 and 32.50 m² (I44): of 4,687.50 yuan deposited one repair takes most."""
SHOP_REPAIR: Final = 3_980_00
SHOP_TOP_UP: Final = 2_070_00

_PLACES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "I01": (("532326", ""), ("532301", ""), ("532328", "")),
    "I07": (("532329", "under"), ("532301", "over"), ("532325", "under")),
    "I11": (("532323", "commodity"),),
    "I17": (("532301", ""), ("532302", "")),
    "I21": (("532301", ""), ("532326", "")),
    "I22": (("532302", ""), ("532301", ""), ("532329", "")),
    "I23": (("532324", "绿化带补植及日常养护"), ("532301", "公共区域保洁"), ("532302", "更换楼道灯泡")),
    "I24": (("532328", ""), ("532301", ""), ("532324", "")),
    "I26": (("532325", "works"), ("532301", "vote"), ("532326", "acceptance")),
    "I28": (("532301", "none"), ("532302", "short"), ("532329", "short")),
    "I29": (("532302", "none"), ("532301", "failed"), ("532325", "failed")),
    "I30": (("532326", ""), ("532301", "")),
    "I31": (("532301", "invoice"), ("532302", "work"), ("532324", "work")),
    "I38": (
        ("532322", "missing"), ("532324", "repeated"), ("532302", "gap"),
        ("532301", "missing"), ("532328", "repeated"), ("532323", "gap"),
    ),
    "I43": (("532301", ""), ("532326", "")),
    "I44": (("532302", ""), ("532301", "")),
    "I47": (("532329", "person"), ("532301", "account"), ("532325", "account")),
    "I48": (("532301", "early"), ("532328", "none"), ("532302", "early")),
    "I49": (("532327", ""), ("532322", "")),
    "I51": (("532328", ""), ("532301", ""), ("532323", "")),
}  # fmt: skip
_ALWAYS: Final = {"I38": 3}
"""Missing, repeated and skipped receipts are three tests of one rule: one of each at any scale."""

_PROJECTS: Final = {"I01": 0, "I07": 0, "I11": 0, "I17": 4, "I21": 3, "I31": 2, "I38": 0, "I49": 0}
"""How many projects a plant makes; one where nothing is said."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One irregularity to plant in a county; a cost for each project it makes."""

    rule: str
    variant: str
    county: str
    costs: tuple[Fen, ...]


def plants(scale: Decimal, rng: Random) -> list[Plant]:
    """All plants at this scale, with the costs of their projects."""
    roomy = scale >= ROOMY
    return [
        Plant(rule, variant, county, tuple(_cost(rule, roomy, rng) for _ in range(_PROJECTS.get(rule, 1))))
        for rule, places in _PLACES.items()
        for county, variant in (places if roomy else places[: _ALWAYS.get(rule, 1)])
    ]


def _cost(rule: str, roomy: bool, rng: Random) -> Fen:
    if rule == "I44":
        return SHOP_REPAIR
    if rule == "I21":
        return rng.randrange(17_100_00, 17_900_00)
    if rule == "I17":
        return rng.randrange(3, 8) * 1_000_00 if roomy else 1_000_00
    return rng.randrange(4_000_00, 7_900_00) if roomy else rng.randrange(800_00, 1_300_00)


def thrifty(chosen: Sequence[Plant]) -> frozenset[str]:
    """The counties that hardly use their fund (I49)."""
    return frozenset(plant.county for plant in chosen if plant.rule == "I49")


def costs(chosen: Sequence[Plant]) -> dict[str, Fen]:
    """What the planted projects of each county cost."""
    found: dict[str, Fen] = {}
    for plant in chosen:
        found[plant.county] = found.get(plant.county, 0) + sum(plant.costs)
    return found

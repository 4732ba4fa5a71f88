"""Random lives of a town, live and as history, against a plain dictionary model (``town``).

After every step each unit, each building and each book agree with the model to the fen, no account is
below zero unless history or a reversal said so, and a refusal is one event that changes nothing else. In
the end the second witness comes to the same accounts and totals and finds no contradiction.
"""

import pytest
from hypothesis import HealthCheck, settings

from .town_books import Books
from .town_ends import Ends
from .town_money import Money
from .town_rates import Rates
from .town_repairs import Repairs
from .town_units import Freezes, Units


class ChangingUnits(Units, Freezes, Money):
    """Units split, merge and are corrected while courts freeze them."""


class Leaving(Ends, Freezes, Money):
    """Buildings are lost, and their money passes to the owners' assembly and back, but what is frozen."""


class LeavingInPieces(Ends, Units, Money):
    """Buildings whose units change are lost or leave."""


class AtRates(Rates, Ends, Units, Money):
    """Interest at listed rates and shared gains, one after the other, while units change and leave."""


class RepairsOfChangingUnits(Repairs, Units, Freezes):
    """Units are split, merged and frozen between the payments of a repair and what comes back of them."""


class Everything(Rates, Ends, Books, Repairs):
    """All of it but units that change."""


def life(machine, **changes):
    found = {"max_examples": 15, "stateful_step_count": 40, "deadline": None, **changes}
    machine.TestCase.settings = settings(**found, suppress_health_check=list(HealthCheck))
    return pytest.mark.slow(machine.TestCase)


TestMoney = life(Money)
TestChangingUnits = life(ChangingUnits)
TestLeaving = life(Leaving)
TestLeavingInPieces = life(LeavingInPieces)
TestRepairs = life(Repairs)
TestAtRates = life(AtRates)
TestBooks = life(Books)
TestEverything = life(Everything)
TestRepairsOfChangingUnits = life(RepairsOfChangingUnits)

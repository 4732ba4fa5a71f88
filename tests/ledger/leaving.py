"""What the tests of leaving money say over and over: refusals that leave one event and nothing else."""

import pytest

from ledger.errors import Refused
from ledger.events import CommandRefused


def refused(office, recording, *commands):
    """The codes of a refused batch."""
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    return [found.code for found in caught.value.refusals]


def refused_once(office, recording, *commands):
    """The same, when the log grew by exactly one refusal that says so."""
    before = office.everything()
    codes = refused(office, recording, *commands)
    grown = [row for row in office.everything() if row not in before]
    assert len(grown) == 1
    (kept,) = office.events(grown[0][0])
    assert isinstance(kept, CommandRefused)
    assert list(kept.codes) == codes
    return codes

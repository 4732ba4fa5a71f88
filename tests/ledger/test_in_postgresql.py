"""The same application on the log in PostgreSQL."""

from datetime import date

import pytest

from ledger.commands import Recording
from ledger.errors import Refused

T1 = date(2012, 12, 31)
AREAS = {"101": 8931, "102": 10247}


@pytest.fixture
def stored(event_log, new_office):
    return new_office(event_log)


def test_money_in_interest_and_refusals(stored, live):
    stored.register("B1", AREAS)
    stored.register("B2", AREAS)
    stored.execute(stored.deposit("B1", "101", 300, date(2012, 12, 22), "7"), recording=live)
    stored.execute(stored.deposit("B2", "102", 100, T1), stored.gains(32, on=T1))
    done = stored.distribute(T1)
    assert (done.pool_fen, done.buildings, done.units) == (32, 2, 2)
    assert stored.balances("B1", "B2") == {
        ("B1", "101"): (300, 31),
        ("B1", "102"): (0, 0),
        ("B2", "101"): (0, 0),
        ("B2", "102"): (100, 1),
    }
    with pytest.raises(Refused) as caught:
        stored.execute(stored.deposit("B2", "101", 1, T1, "7"), recording=live)
    assert [found.code for found in caught.value.refusals] == ["receipt-used"]


def test_rows_and_keys_of_a_batch_that_says_nothing_new(stored):
    stored.register("B1", AREAS)
    recording = Recording(actor="o", origin="history", import_id="imp-1", key="k", digest=b"d")
    nothing = stored.application.execute([stored.units("B1", AREAS)], recording, rows=[b"r1"])
    assert nothing.events == ()
    assert stored.application.known_rows([b"r1", b"r2"]) == {b"r1"}
    assert stored.application.execute([stored.units("B1", AREAS)], recording, rows=[b"r1"]).repeated

"""The demonstration in small: totals to the fen, findings as planted, resumable, and only in its own log."""

import pytest

from ledger.store.feed import Feed
from tests.cli.papers import GAINS, register

SMALL = ("demo", "--scale", "0.01", "--json")


def events(database) -> int:
    return sum(len(batch) for batch in Feed(database.engine).scan())


@pytest.mark.slow
def test_the_demonstration_comes_out_and_comes_out_again(fund, database):
    first = fund(*SMALL)
    assert first.status == 0, first.err
    done = first.document
    assert done["ok"] is True
    assert done["verified"] is True
    assert (done["seed"], done["scale"]) == (1, "0.01")
    assert done["totals"] == {
        "collected": "10790000.00",
        "growth": "571013.00",
        "withdrawn": "105720.00",
        "balance": "10684280.00",
    }
    assert done["planned"] == done["totals"]
    assert len(done["rules"]) == 40
    assert all(rule["planted"] == rule["found"] > 0 for rule in done["rules"])

    recorded = events(database)
    again = fund(*SMALL)
    assert again.status == 0, again.err
    assert again.document["totals"] == done["totals"]
    assert events(database) == recorded

    other = fund("demo", "--scale", "0.01", "--seed", "2", "--json")
    assert (other.status, other.document["code"]) == (1, "log-not-demonstration")
    larger = fund("demo", "--scale", "0.02", "--json")
    assert (larger.status, larger.document["code"]) == (1, "log-not-demonstration")
    assert events(database) == recorded


def test_the_demonstration_never_writes_into_another_log(fund, event_log, database, tmp_path):
    gains = register(
        tmp_path / "gains.csv", GAINS, ["532301", "商品住宅", "6222", "2019-12-21", "活期利息", "1.00"]
    )
    assert fund("import", "bank-gains", gains, "--history", "--json").status == 0
    recorded = events(database)
    answer = fund(*SMALL)
    assert (answer.status, answer.document["code"]) == (1, "log-not-demonstration")
    assert events(database) == recorded

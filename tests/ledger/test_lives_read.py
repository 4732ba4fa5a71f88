"""The read side follows random lives: summary, accounts, rebuild and the audit's comparison agree."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from audit.compare import compare
from audit.replay import replay
from ledger.log import Change
from ledger.money import yuan
from ledger.store.bridge import EventLog
from ledger.store.codec import decode
from ledger.store.feed import Feed
from projections.accounts import accounts
from projections.models import read_models
from projections.rebuild import check
from projections.runner import Follower
from projections.summary import summary

from .test_lives import AtRates, Everything
from .town import FUNDS


def copied(machine, database) -> None:
    """The life again, in PostgreSQL."""
    log = EventLog(database.engine)
    for row in machine.log.rows(0, 1_000_000):
        event = decode(row.topic, row.schema, row.data)
        log.append([Change(row.stream, row.version - 1, (event,))])


def read_agrees(machine, database) -> None:
    copied(machine, database)
    position = Follower(database.engine, read_models(database.engine), batch=7).catch_up()
    with database.engine.connect() as connection:
        for row in connection.execute(select(accounts)).mappings():
            key = row["building"], row["unit"], row["part"]
            found = row["principal_fen"], row["interest_fen"], row["first_deposit_fen"]
            assert found == (machine.principal[key], machine.interest[key], machine.first[key])
        for fund in FUNDS:
            total = summary(connection, fund=fund).total
            told = {
                name: machine.totals[fund, name] for name in ("deposits", "growth", "withdrawn", "refunded")
            }
            told["other"] = machine.totals[fund, "other"] + machine.totals[fund, "book"]
            told["balance"] = machine.balance(fund)
            told["undistributed"] = machine.balance(fund) - sum(
                map(machine.held, machine.accounts(fund=fund))
            )
            assert {name: getattr(total, name) for name in told} == {
                name: yuan(fen) for name, fen in told.items()
            }
            assert total.units == sum(
                facts["fund"] == fund and not facts["heirs"] for facts in machine.units.values()
            )
        assert list(compare(connection, replay(Feed(database.engine)), position)) == []
    assert check(database.engine).differences == ()


@pytest.mark.slow
@pytest.mark.parametrize("lives", [AtRates, Everything])
def test_the_read_side_agrees_with_every_life(embedded, lives):
    class Read(lives):
        def teardown(self) -> None:
            with embedded.database() as database:
                read_agrees(self, database)

    run_state_machine_as_test(
        Read,
        settings=settings(
            max_examples=3,
            phases=[Phase.reuse, Phase.generate],
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Verification (校验): was anything rewritten, and does every figure follow from the events?

Nothing is written, and nothing new is sealed: the caller lets the followers catch up first.
"""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Engine

from audit import (
    accounts,
    compare,
    distributions,
    dues,
    freezes,
    incomes,
    leaving,
    lots,
    openings,
    order,
    periods,
    receipts,
    refunds,
    returns,
    reversals,
    sealed,
    transfers,
    undone,
    unit_changes,
    votes,
    withdrawals,
    yearly,
)
from audit.problems import PENDING, Problem, problem
from audit.replay import Replay, replay
from ledger.store.feed import Source


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: ``ok`` when nothing is wrong, how many events were read, and every problem found."""

    ok: bool
    events: int
    problems: tuple[Problem, ...]


def verify(feed: Source, engine: Engine, until: int | None = None) -> Verification:
    """Verify seal, order, registrations, shares and read tables, over all events that are sealed or read.

    ``until`` is the position the caller vouches to have caught up to; events up to it that are not sealed or
    not in the read tables are ``behind``. None: everything below the horizon as it is now.
    """
    wanted = feed.horizon() if until is None else until
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as snapshot:
        compare.hold(snapshot)
        seal = sealed.Sealed(snapshot)
        checkpoints = compare.checkpoints(snapshot)
        witness = sealed.Witness(feed)
        replayed = replay(witness, max(wanted, seal.position, *checkpoints.values()))
        problems = (
            *seal.check(witness.leaves(), checkpoints.get(sealed.MODEL), wanted),
            *consistency(replayed),
            *compare.compare(snapshot, replayed, wanted),
        )
    return Verification(
        ok=all(found.kind in PENDING for found in problems), events=replayed.events, problems=problems
    )


def consistency(replayed: Replay) -> Iterator[Problem]:
    """Everything in the events that contradicts itself; needs no database."""
    for event in replayed.unreadable:
        yield problem("event-unreadable", event.message, position=event.position, stream=event.stream)
    yield from order.check(replayed)
    yield from reversals.check(replayed)
    yield from openings.check(replayed)
    yield from incomes.check(replayed)
    yield from withdrawals.check(replayed)
    yield from returns.check(replayed)
    yield from distributions.check(replayed)
    yield from refunds.check(replayed)
    yield from transfers.check(replayed)
    yield from dues.check(replayed)
    yield from leaving.check(replayed)
    yield from unit_changes.check(replayed)
    yield from freezes.check(replayed)
    yield from undone.check(replayed)
    yield from receipts.check(replayed)
    yield from votes.check(replayed)
    yield from lots.check(replayed)
    yield from periods.check(replayed)
    yield from accounts.check(replayed)
    yield from yearly.check(replayed)

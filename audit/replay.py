"""Replay (重演): one pass over the event log into columns, by code that shares nothing with the write side.

This is the second witness: it reads the published events and nothing else. An event that cannot be read, or
that stands in a stream where it cannot belong, is reported in ``unreadable`` and never stops the pass.
"""

from dataclasses import dataclass

import polars as pl

from audit import tables
from audit.columns import Misplaced, OutOfRange
from audit.fold import Fold
from ledger.store.codec import UnreadableEvent, decode
from ledger.store.feed import Row, Source


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that the replay could not take in, and why (Chinese)."""

    position: int
    stream: str
    version: int
    message: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The whole log as frames (``audit.tables`` has every column), up to ``position``.

    Money out is negative in ``entries``; ``units`` are as registered, or as a split or merger opened them;
    ``steps`` holds what every step of a repair says of the project, ``projects`` the last known fact of every
    kind, ``course`` the steps as they were taken. ``county``,
    ``estate`` and ``fund`` of an entry are null when its building or unit was never registered.
    """

    log: pl.DataFrame
    recorded: pl.DataFrame
    buildings: pl.DataFrame
    units: pl.DataFrame
    unit_changes: pl.DataFrame
    freezes: pl.DataFrame
    entered: pl.DataFrame
    entries: pl.DataFrame
    owners: pl.DataFrame
    decisions: pl.DataFrame
    sales: pl.DataFrame
    gains: pl.DataFrame
    accounts: pl.DataFrame
    closings: pl.DataFrame
    reconciled: pl.DataFrame
    published: pl.DataFrame
    reads: pl.DataFrame
    distributions: pl.DataFrame
    shares: pl.DataFrame
    accruals: pl.DataFrame
    steps: pl.DataFrame
    projects: pl.DataFrame
    course: pl.DataFrame
    causes: pl.DataFrame
    charged: pl.DataFrame
    ballots: pl.DataFrame
    counted: pl.DataFrame
    payments: pl.DataFrame
    raised: pl.DataFrame
    returns: pl.DataFrame
    reversals: pl.DataFrame
    payment_reversals: pl.DataFrame
    destructions: pl.DataFrame
    obligations: pl.DataFrame
    custody: pl.DataFrame
    receipts: pl.DataFrame
    imported: pl.DataFrame
    undone: pl.DataFrame
    statements: pl.DataFrame
    refusals: pl.DataFrame
    treasury: pl.DataFrame
    position: int
    events: int
    unreadable: tuple[Unreadable, ...]


def replay(feed: Source, until: int | None = None) -> Replay:
    """Fold the log up to position ``until`` (inclusive; None: to the horizon) into frames."""
    fold = Fold()
    unreadable: list[Unreadable] = []
    position = events = 0
    for rows in feed.scan(0, until):
        fold.log(rows)
        for row in rows:
            problem = _take(fold, row)
            if problem is not None:
                unreadable.append(Unreadable(row.position, row.stream, row.version, problem))
        fold.flush()
        events += len(rows)
        position = rows[-1].position if rows else position
    return _finish(fold, position, events, tuple(unreadable))


def _take(fold: Fold, row: Row) -> str | None:
    """Fold one stored event; returns what is wrong with it, or None."""
    try:
        event = decode(row.topic, row.schema, row.data)
        fold.event(row.position, row.stream, row.version, event)
    except UnreadableEvent as error:
        return f"事件无法读取：{error.reason}"
    except Misplaced as error:
        return f"{row.topic} {error}"
    except OutOfRange as error:
        return f"数值超出范围：{error}"
    return None


def _finish(fold: Fold, position: int, events: int, unreadable: tuple[Unreadable, ...]) -> Replay:
    buildings = fold.buildings.frame()
    facts = buildings.unique("building", keep="first").drop("position", "stream", "version", "name")
    units = fold.units.frame().join(facts, on="building", how="left", maintain_order="left")
    of_unit = units.unique(["building", "unit"], keep="first").select("building", "unit", "fund")
    of_building = facts.select("building", "county", "estate")
    steps = fold.steps.frame()
    projects = _projects(steps)
    return Replay(
        log=fold.events.frame(),
        recorded=fold.recorded.frame(),
        buildings=buildings,
        units=units,
        unit_changes=fold.unit_changes.frame(),
        freezes=fold.freezes.frame(),
        entered=fold.entered.frame(),
        entries=fold.entries.frame()
        .join(of_building, on="building", how="left", maintain_order="left")
        .join(of_unit, on=["building", "unit"], how="left", maintain_order="left"),
        owners=fold.owners.frame(),
        decisions=fold.decisions.frame(),
        sales=fold.sales.frame(),
        gains=fold.gains.frame(),
        accounts=fold.accounts.frame(),
        closings=fold.closings.frame(),
        reconciled=fold.reconciled.frame(),
        published=fold.published.frame(),
        reads=fold.reads.frame(),
        distributions=fold.distributions.frame(),
        shares=fold.shares.frame(),
        accruals=_placed(fold.accruals.frame(), facts.select("building", "county")),
        steps=steps,
        projects=projects,
        course=fold.course.frame(),
        causes=fold.causes.frame(),
        charged=fold.charged.frame(),
        ballots=fold.ballots.frame(),
        counted=fold.counted.frame(),
        payments=fold.payments.frame().join(
            projects.select("stream", "estate"), on="stream", how="left", maintain_order="left"
        ),
        raised=fold.raised.frame(),
        returns=fold.returns.frame(),
        reversals=fold.reversals.frame(),
        payment_reversals=fold.payment_reversals.frame(),
        destructions=_placed(fold.destructions.frame(), of_building),
        obligations=_placed(fold.obligations.frame(), of_building).join(
            of_unit, on=["building", "unit"], how="left", maintain_order="left"
        ),
        custody=_placed(fold.custody.frame(), of_building),
        receipts=fold.receipts.frame(),
        imported=fold.imported.frame(),
        undone=fold.undone.frame(),
        statements=fold.statements.frame(),
        refusals=fold.refusals.frame(),
        treasury=fold.treasury.frame(),
        position=position,
        events=events,
        unreadable=unreadable,
    )


def _placed(frame: pl.DataFrame, of_building: pl.DataFrame) -> pl.DataFrame:
    """With what is known of its building."""
    return frame.join(of_building, on="building", how="left", maintain_order="left")


def _projects(steps: pl.DataFrame) -> pl.DataFrame:
    """One row a project: of every fact the last one on record; its place is that of its last step.

    Once declared an emergency (应急) a project stays one.
    """
    facts = [name for name in tables.STEPS if name != "stream"]
    return (
        steps.group_by("stream", maintain_order=True)
        .agg(pl.col(name).drop_nulls().last() for name in facts)
        .with_columns(pl.col("emergency") | pl.col("declared_on").is_not_null())
    )

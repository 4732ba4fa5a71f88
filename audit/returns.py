"""Repair money returned (维修资金退回) recomputed: each return goes back to those who bear its payment."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import polars as pl

from audit import scopes
from audit.apportion import apportion_one
from audit.heirs import shares
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from audit.scopes import ACCOUNT
from ledger.money import yuan

_PLACE: Final = ["stream", "version", "line"]

Row = dict[str, Any]
Parts = tuple[int, int]
"""Principal and interest."""


def check(replay: Replay) -> Iterator[Problem]:
    """Returns of no payment or of another day, and lines out of proportion to what is still borne."""
    payments = scopes.payments(replay).select("payment", paid_day="paid_on")
    made = replay.returns.with_columns(returned=pl.format("{}@{}", "stream", "version"))
    named = made.join(payments, on="payment", how="left").sort("position")
    for row in rows(named.filter(pl.col("paid_day").ne_missing(pl.col("paid_on")))):
        message = f"退回所指的付款 {row['payment']} 不存在或日期不符"
        yield problem("return-wrong", message, position=row["position"], stream=row["stream"])
    back = replay.entries.filter((pl.col("kind") == "return") & ~pl.col("reversal"))
    same = ["returned", "payment", "paid_on"]
    strange = back.join(
        made.select(*same, value_date="returned_on"), on=[*same, "value_date"], how="anti"
    ).unique("position", maintain_order=True)
    for row in rows(strange):
        message = f"退回分录所指的退回事件 {row['returned']} 不存在或不相符"
        yield problem("return-wrong", message, position=row["position"], stream=row["stream"])
    yield from _lines(replay, named.filter(pl.col("paid_day") == pl.col("paid_on")))


def _lines(replay: Replay, named: pl.DataFrame) -> Iterator[Problem]:
    """Compare the lines of every return with its due shares; few projects have any, so one by one."""
    entries = replay.entries
    moved = entries.filter(pl.col("kind").is_in(["withdrawal", "return"]))
    concerned = moved.filter(~pl.col("reversal")).join(named.select("payment"), on="payment", how="semi")
    gone = moved.filter("reversal").select(
        "stream",
        gone_version="version",
        gone_position="position",
        version="reverses_version",
        line="reverses_line",
    )
    history = concerned.join(gone, on=_PLACE, how="left").sort("position", "line").to_dicts()
    by_payment: dict[str, list[Row]] = defaultdict(list)
    for entry in history:
        by_payment[entry["payment"]].append(entry)
    changes = _changes(replay)
    for made in named.iter_rows(named=True):
        entries_of = by_payment[made["payment"]]
        due = _due(made, entries_of, changes)
        found = {
            _key(entry): (entry["principal_fen"], entry["interest_fen"])
            for entry in entries_of
            if entry["returned"] == made["returned"]
        }
        for key in sorted(due.keys() | found.keys()):
            if due.get(key, (0, 0)) != found.get(key, (0, 0)):
                should, is_ = (yuan(sum(parts.get(key, (0, 0)))) for parts in (due, found))
                message = (
                    f"退回 {made['returned']} 在 {key[0]} {key[1]} 应记 {should} 元，"
                    f"实际 {is_} 元，或本金利息不符"
                )
                yield problem(
                    "return-wrong", message, position=made["position"], stream=made["stream"], key=key
                )


def _key(entry: Row) -> tuple[str, ...]:
    return tuple(entry[name] for name in ACCOUNT)


class Change(NamedTuple):
    """A split or merger (分割、合并): the units it closed, and those after it by area."""

    stream: str
    version: int
    position: int
    building: str
    closed: list[str]
    areas: dict[str, int]


def _changes(replay: Replay) -> list[Change]:
    """Every split and merger, in log order."""
    moving = replay.unit_changes.filter(pl.col("reason").is_in(["split", "merge"])).sort("position")
    found = []
    for _, change in moving.group_by("position", maintain_order=True):
        stream, version, position, building = change.select("stream", "version", "position", "building").row(
            0
        )
        closed = change.filter(pl.col("fate") == "closed")["unit"].to_list()
        areas = dict(change.filter("after").sort("unit").select("unit", "area_dm2").iter_rows())
        found.append(Change(stream, version, position, building, closed, areas))
    return found


def _due(made: Row, entries: list[Row], changes: list[Change]) -> dict[tuple[str, ...], Parts]:
    """What each account gets of a return: by what it bears just before, by what it paid if that is less.

    What closed accounts (销户) had borne by then, those bear that took their place.
    """
    own = {entry["stream"]: entry["version"] for entry in entries if entry["returned"] == made["returned"]}
    paid: dict[tuple[str, ...], Parts] = defaultdict(lambda: (0, 0))
    left: dict[tuple[str, ...], Parts] = defaultdict(lambda: (0, 0))
    waiting = [
        change
        for change in changes
        if (
            change.version < own[change.stream]
            if change.stream in own
            else change.position < made["position"]
        )
    ]
    for entry in entries:
        until, measure = own.get(entry["stream"]), "version"
        if until is None:
            until, measure = made["position"], "position"
        gone = entry[f"gone_{measure}"]
        if entry[measure] >= until or (gone is not None and gone < until):
            continue
        while waiting and waiting[0].position < entry["position"]:
            _inherit(waiting.pop(0), paid, left)
        key, principal, interest = _key(entry), entry["principal_fen"], entry["interest_fen"]
        left[key] = left[key][0] - principal, left[key][1] - interest
        if entry["kind"] == "withdrawal":
            paid[key] = paid[key][0] - principal, paid[key][1] - interest
    for change in waiting:
        _inherit(change, paid, left)
    beyond = made["amount_fen"] > sum(map(sum, left.values()))
    weights = {key: (max(a, 0), max(b, 0)) for key, (a, b) in sorted((paid if beyond else left).items())}
    sums = [sum(parts) for parts in weights.values()]
    if not any(sums):
        return {}
    due = {}
    for (key, parts), amount in zip(weights.items(), apportion_one(made["amount_fen"], sums), strict=True):
        if amount:
            principal, interest = apportion_one(amount, parts)
            due[key] = principal, interest
    return due


def _inherit(change: Change, *borne: dict[tuple[str, ...], Parts]) -> None:
    """Pass on what closed accounts bear, by area, principal and interest each by itself."""
    for found in borne:
        for key in [key for key in found if key[0] == change.building and key[1] in change.closed]:
            parts = [shares(part, list(change.areas.values())) for part in found.pop(key)]
            for heir, principal, interest in zip(change.areas, *parts, strict=True):
                before = found[change.building, heir, key[2]]
                found[change.building, heir, key[2]] = before[0] + principal, before[1] + interest

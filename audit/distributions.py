"""Settlements (结息) recomputed: pools shared by weights (积数) over buildings and accounts, and rates.

The weight of an account at a boundary: money settled at the boundary before counts for the days between the
two; an entry not settled yet, of a value date before the boundary and a version that was read, counts from
its own value date. Money out is negative. What a closed account (销户) weighed goes to those that took its
place: as it comes out where the distribution knew of the closing, else as it counted. An account below zero
weighs nothing. The interest of a distribution is settled at its boundary. Accounts of a building that
had left when it was read weigh nothing.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from audit import rates
from audit.apportion import apportion
from audit.closings import Closings
from audit.heirs import inherit
from audit.problems import UNFINISHED, Problem, problem, rows
from audit.replay import Replay
from ledger.calendar import day_after
from ledger.identity import event_id
from ledger.money import yuan

ACCOUNT = ["building", "unit", "part"]
BOOK = ["county", "fund"]
METHODS = {"pool": "分配", "rate": "定率计息"}


def check(replay: Replay) -> Iterator[Problem]:
    """Everything wrong with the distributions of every book."""
    yield from _astray(replay)
    entries = replay.entries.with_columns(amount_fen=pl.col("principal_fen") + pl.col("interest_fen"))
    entries_of = entries.partition_by(BOOK, as_dict=True)
    gains_of = replay.gains.partition_by(BOOK, as_dict=True)
    entered_of = replay.entered.partition_by(BOOK, as_dict=True)
    shares_of = replay.shares.partition_by("distribution", as_dict=True)
    closings = Closings(replay)
    changes = replay.unit_changes.filter(pl.col("reason").is_in(["split", "merge"]))
    accruals_of = replay.accruals.partition_by("distribution", as_dict=True)
    for book, runs in replay.distributions.partition_by(BOOK, as_dict=True, maintain_order=True).items():
        walk = _Walk(
            entries_of.get(book, entries.clear()),
            gains_of.get(book, replay.gains.clear()),
            entered_of.get(book, replay.entered.clear()),
            closings,
            changes,
        )
        ordered = runs.sort("version")
        for number, run in enumerate(ordered.iter_rows(named=True), 1):
            name = (event_id(run["stream"], run["version"]),)
            yield from walk.step(
                run,
                shares_of.get(name, replay.shares.clear()),
                accruals_of.get(name, replay.accruals.clear()),
                newest=number == ordered.height,
            )


def _astray(replay: Replay) -> Iterator[Problem]:
    """Accruals that name no distribution, or one that has no share for their building, or come twice."""
    known = replay.shares.select("distribution", "building").with_columns(known=True)
    named = replay.accruals.join(known, on=["distribution", "building"], how="left")
    for row in rows(named.filter(pl.col("known").is_null())):
        message = f"楼幢 {row['building']} 的计息指向不存在的分配 {row['distribution']}"
        yield problem("accrual-unknown", message, position=row["position"], stream=row["stream"])
    again = replay.accruals.sort("position").filter(
        pl.int_range(pl.len()).over("distribution", "building") > 0
    )
    for row in rows(again):
        message = f"楼幢 {row['building']} 对分配 {row['distribution']} 重复计息"
        yield problem("accrual-double", message, position=row["position"], stream=row["stream"])


class _Walk:
    """One book, distribution by distribution: which entries and gains are settled already."""

    def __init__(
        self,
        entries: pl.DataFrame,
        gains: pl.DataFrame,
        entered: pl.DataFrame,
        closings: Closings,
        changes: pl.DataFrame,
    ) -> None:
        self._closings = closings
        self._changes = changes
        self._entries = entries.with_columns(settled=pl.lit(value=False))
        self._gains = gains.with_columns(taken=pl.lit(value=False))
        self._entered = entered
        self._boundary: date | None = None

    def step(
        self, run: dict[str, Any], shares: pl.DataFrame, accruals: pl.DataFrame, *, newest: bool
    ) -> Iterator[Problem]:
        """What is wrong with one distribution; then its postings and gains are settled."""
        name = event_id(run["stream"], run["version"])
        yield from self._days(run)
        yield from self._pool(run)
        paid = self._entries.filter((pl.col("distribution") == name) & ~pl.col("reversal"))
        if run["method"] == "rate":
            earned = rates.due(self._counted(run, shares), run)
            earned = earned.join(self._closings.at(shares), on=["building", "part"], how="anti")
            yield from self._left_out(run, shares)
            yield from rates.shares(run, shares, earned)
            yield from _accruals(run, shares, accruals, newest=newest)
            before = pl.concat(self._closed(shares, accruals)).filter(pl.col("version") < pl.col("accrued"))
            yield from _credited(run, accruals, _inherited(earned, before), paid)
        else:
            known, later = self._closed(shares, accruals)
            weighed = inherit(self._weigh(run, shares), known).with_columns(
                pl.max_horizontal("weight", pl.lit(0, pl.Int128))
            )
            yield from self._buildings(run, shares, weighed)
            yield from _accruals(run, shares, accruals, newest=newest)
            yield from _accounts(run, shares, accruals, inherit(weighed, later), paid)
        self._settle(name, run, shares)

    def _closed(self, shares: pl.DataFrame, accruals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Changes that closed accounts: those the distribution knew of, and those before the accrual only."""
        read = self._changes.join(
            shares.select("building", "read_version").unique("building"), on="building"
        ).join(accruals.group_by("building").agg(accrued=pl.col("version").min()), on="building", how="left")
        known = pl.col("version") <= pl.col("read_version")
        return read.filter(known), read.filter(~known & (pl.col("version") < pl.col("accrued")))

    def _days(self, run: dict[str, Any]) -> Iterator[Problem]:
        in_order = self._boundary is None or run["boundary"] > self._boundary
        due = run["through"] if run["method"] == "rate" else day_after(run["through"])
        if run["previous"] != self._boundary or run["boundary"] != due or not in_order:
            yield _about(run, "boundary-wrong", f"结息边界 {run['boundary']} 与截止日或上次边界不衔接")
        self._boundary = run["boundary"]

    def _pool(self, run: dict[str, Any]) -> Iterator[Problem]:
        due = (
            ~pl.col("taken") & (pl.col("version") < run["version"]) & (pl.col("value_date") <= run["through"])
        )
        pool = int(self._gains.filter(due)["amount_fen"].sum())
        if run["method"] == "rate":
            yield from self._waiting(run, pool)
            return
        self._gains = self._gains.with_columns(taken=pl.col("taken") | due)
        if pool != run["pool_fen"]:
            message = f"可分配收益应为 {yuan(pool)} 元，记录为 {yuan(run['pool_fen'])} 元"
            yield _about(run, "pool-wrong", message)

    def _waiting(self, run: dict[str, Any], waiting: int) -> Iterator[Problem]:
        """Interest at rates takes no gain; what it credits is missing in the next pool."""
        credited = pl.DataFrame(
            [(run["version"], run["through"], -run["total_fen"], False)],
            schema=self._gains.select("version", "value_date", "amount_fen", "taken").schema,
            orient="row",
        )
        self._gains = pl.concat([self._gains, credited], how="diagonal")
        if waiting != run["waiting_fen"]:
            message = f"待分配累计收益应为 {yuan(waiting)} 元，记录为 {yuan(run['waiting_fen'])} 元"
            yield _about(run, "waiting-wrong", message)

    def _counted(self, run: dict[str, Any], shares: pl.DataFrame) -> pl.DataFrame:
        """The entries that count: settled before, or settled now."""
        seen, fresh = self._read(run, shares)
        return seen.filter(pl.col("settled") | fresh)

    def _left_out(self, run: dict[str, Any], shares: pl.DataFrame) -> Iterator[Problem]:
        """Every building of the book must have its part, if only of nothing."""
        there = self._entered.filter(pl.col("position") < run["position"]).select("building").unique()
        for building in there.join(shares, on="building", how="anti")["building"].sort():
            message = f"{METHODS[run['method']]}漏掉了账套中的楼幢 {building}"
            yield _about(run, "building-left-out", message, [building])

    def _read(self, run: dict[str, Any], shares: pl.DataFrame) -> tuple[pl.DataFrame, pl.Expr]:
        """The entries with the version read of their building, and which of them this run newly settles."""
        seen = self._entries.join(
            shares.select("building", "read_version").unique("building"),
            on="building",
            how="left",
            maintain_order="left",
        )
        fresh = (pl.col("value_date") < run["boundary"]) & (pl.col("version") <= pl.col("read_version"))
        return seen, (fresh & ~pl.col("settled")).fill_null(value=False)

    def _weigh(self, run: dict[str, Any], shares: pl.DataFrame) -> pl.DataFrame:
        """The weight of every account with money, as it comes out; of one that was closed, zero."""
        seen, fresh = self._read(run, shares)
        closed = self._closings.at(shares).with_columns(closed=pl.lit(value=True))
        since = pl.when("settled").then(pl.lit(run["previous"], pl.Date)).otherwise(pl.col("value_date"))
        days = (pl.lit(run["boundary"], pl.Date) - since).dt.total_days()
        zero = pl.lit(0, pl.Int128)
        amount_days = pl.col("amount_fen").cast(pl.Int128) * days.cast(pl.Int128)
        return (
            seen.filter(pl.col("settled") | fresh)
            .group_by(ACCOUNT)
            .agg(amount_days.sum().alias("weight"))
            .join(closed, on=["building", "part"], how="left", maintain_order="left")
            .with_columns(weight=pl.when("closed").then(zero).otherwise("weight"))
            .drop("closed")
        )

    def _buildings(
        self, run: dict[str, Any], shares: pl.DataFrame, weighed: pl.DataFrame
    ) -> Iterator[Problem]:
        """Every building of the book must have its weight, and its exact share by the weights recorded.

        Shares follow the recorded weights here, so that one wrong weight is one problem and not a problem
        of every building that shared the pool.
        """
        yield from self._left_out(run, shares)
        expected = shares.join(
            weighed.group_by("building").agg(due_weight=pl.col("weight").sum()),
            on="building",
            how="left",
            maintain_order="left",
        ).with_columns(
            pl.col("weight").cast(pl.Int128),
            pl.col("due_weight").fill_null(0),
            pool_fen=pl.lit(max(run["pool_fen"], 0), dtype=pl.Int64),
            said_weight=pl.max_horizontal(pl.col("weight").cast(pl.Int128), pl.lit(0, pl.Int128)),
        )
        expected = expected.with_columns(
            due_fen=apportion(expected, "pool_fen", "said_weight", ["distribution"], ["building"])
        ).sort("building")
        for row in rows(expected.filter(pl.col("weight") != pl.col("due_weight"))):
            message = f"楼幢 {row['building']} 的积数应为 {row['due_weight']}，记录为 {row['weight']}"
            yield _about(run, "weight-wrong", message, [row["building"]])
        for row in rows(expected.filter(pl.col("share_fen").ne_missing(pl.col("due_fen")))):
            message = (
                f"楼幢 {row['building']} 按积数应得 {_shown(row['due_fen'])}，"
                f"记录为 {_shown(row['share_fen'])}"
            )
            yield _about(run, "share-wrong", message, [row["building"]])

    def _settle(self, name: str, run: dict[str, Any], shares: pl.DataFrame) -> None:
        seen, fresh = self._read(run, shares)
        own = (pl.col("distribution") == name).fill_null(value=False)
        self._entries = seen.with_columns(settled=pl.col("settled") | fresh | own).drop("read_version")


def _inherited(earned: pl.DataFrame, closings: pl.DataFrame) -> pl.DataFrame:
    """What a settlement owes every account, after the closings recorded before the building's accrual."""
    fen = earned.select(*ACCOUNT, weight=pl.col("due_fen").cast(pl.Int128))
    return inherit(fen, closings).select(*ACCOUNT, due_fen=pl.col("weight").cast(pl.Int64))


def _accruals(
    run: dict[str, Any], shares: pl.DataFrame, accruals: pl.DataFrame, *, newest: bool
) -> Iterator[Problem]:
    """Every building must have one accrual that says the same as the distribution."""
    missing = shares.join(accruals, on="building", how="anti")["building"].sort()
    if newest and missing.len():
        message = f"{METHODS[run['method']]}尚有 {missing.len()} 幢未入账，下次结息会先补完"
        yield _about(run, UNFINISHED, message, [run["county"], run["fund"]])
    elif missing.len():
        for building in missing:
            yield _about(run, "accrual-missing", f"楼幢 {building} 没有入账应得的增值收益", [building])
    differs = (
        (pl.col("settles") != pl.col("read_version"))
        | (pl.col("boundary") != run["boundary"])
        | (pl.col("value_date") != run["through"])
        | (pl.col("fund") != run["fund"])
    )
    for row in rows(accruals.join(shares, on="building").filter(differs).sort("position")):
        message = f"楼幢 {row['building']} 的计息与所指分配的边界、版本或资金类型不符"
        yield problem("accrual-wrong", message, position=row["position"], stream=row["stream"])


def _accounts(
    run: dict[str, Any],
    shares: pl.DataFrame,
    accruals: pl.DataFrame,
    weighed: pl.DataFrame,
    paid: pl.DataFrame,
) -> Iterator[Problem]:
    """In every building with an accrual, each account must have its exact part of the building's share."""
    due = weighed.join(
        shares.select("building", "share_fen").unique("building"), on="building", maintain_order="left"
    )
    due = due.with_columns(
        due_fen=apportion(due, "share_fen", "weight", ["building"], ["unit", "part"]).fill_null(0)
    )
    yield from _credited(run, accruals, due, paid)


def _credited(
    run: dict[str, Any], accruals: pl.DataFrame, due: pl.DataFrame, paid: pl.DataFrame
) -> Iterator[Problem]:
    """In every building with an accrual, each account must have what is due to it."""
    places = accruals.group_by("building").agg(pl.col("position", "stream").first())
    wrong = (
        due.select(*ACCOUNT, "due_fen")
        .join(
            paid.group_by(ACCOUNT).agg(paid_fen=pl.col("amount_fen").sum()),
            on=ACCOUNT,
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("due_fen", "paid_fen").fill_null(0))
        .filter(pl.col("due_fen") != pl.col("paid_fen"))
        .join(places, on="building")
        .sort(ACCOUNT)
    )
    for row in rows(wrong):
        message = (
            f"{row['building']} {row['unit']} 在 {run['through']} 的{METHODS[run['method']]}中应得 "
            f"{yuan(row['due_fen'])} 元，"
            f"入账 {yuan(row['paid_fen'])} 元"
        )
        yield problem(
            "interest-wrong" if run["method"] == "rate" else "share-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row[name] for name in ACCOUNT],
        )


def _about(run: dict[str, Any], kind: str, message: str, key: list[str] | None = None) -> Problem:
    return problem(kind, message, position=run["position"], stream=run["stream"], key=key)


def _shown(fen: int | None) -> str:
    return "无" if fen is None else f"{yuan(fen)} 元"

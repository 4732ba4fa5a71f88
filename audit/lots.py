"""Lots (存单、国债) and petty cash (备用金) added up again: nothing comes back that was not laid out.

And every interest that came with a lot is the gain of the event that follows, and goes back with it.
"""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

LOT = ["stream", "lot"]
EVENT = ["stream", "version"]
CATEGORY = pl.when(pl.col("lot_kind") == "bond").then(pl.lit("bond")).otherwise(pl.lit("time"))


def check(replay: Replay) -> Iterator[Problem]:
    """Lots placed twice, ended beyond what they hold or before they began, and interest without its gain."""
    yield from _lots(replay.treasury)
    yield from _petty_cash(replay.treasury)
    yield from _interest(replay)


def _lots(treasury: pl.DataFrame) -> Iterator[Problem]:
    """In the order of the log, a lot is placed once and never holds less than nothing."""
    placing = pl.col("kind") == "lot-placed"
    moves = (
        treasury.filter(pl.col("lot").is_not_null())
        .sort("position")
        .with_columns(
            placed=(
                pl.when(placing)
                .then(pl.when(pl.col("reversal")).then(-1).otherwise(1))
                .otherwise(0)
                .cum_sum()
                .over(LOT)
            ),
            open_fen=pl.col("amount_fen").cum_sum().over(LOT),
            began=pl.when(placing & ~pl.col("reversal")).then("value_date").forward_fill().over(LOT),
        )
    )
    wrong = moves.with_columns(
        double=pl.col("placed") > 1,
        unknown=(pl.col("placed") < 1) & ~(placing & pl.col("reversal")),
        below=pl.col("open_fen") < 0,
        before=pl.col("value_date") < pl.col("began"),
    )
    said = {
        "double": ("lot-double", "重复登记"),
        "unknown": ("lot-unknown", "没有登记却有收回或付息"),
        "below": ("lot-overdrawn", "收回多于存入或购买"),
        "before": ("lot-before", "早于存入或购买"),
    }
    for row in rows(wrong.filter(pl.any_horizontal(said.keys()))):
        kind, what = next(said[name] for name in said if row[name])
        message = f"存单或债券 {row['lot']} {what}，此后余额 {yuan(row['open_fen'])} 元"
        yield problem(kind, message, position=row["position"], stream=row["stream"], key=[row["lot"]])


def _petty_cash(treasury: pl.DataFrame) -> Iterator[Problem]:
    """No holder gives back more than was handed out."""
    held = (
        treasury.filter(pl.col("kind") == "petty-cash")
        .sort("position")
        .with_columns(held_fen=pl.col("amount_fen").cum_sum().over("stream", "holder_ref"))
    )
    for row in rows(held.filter(pl.col("held_fen") < 0)):
        message = f"备用金交回多于领用，此后为 {yuan(row['held_fen'])} 元"
        yield problem("petty-cash-overdrawn", message, position=row["position"], stream=row["stream"])


def _interest(replay: Replay) -> Iterator[Problem]:
    """Interest is the gain (or its reversal) of the next event: same day, category and amount."""
    gains = replay.gains.group_by(*EVENT).agg(
        pl.len(),
        pl.col("value_date", "category", "amount_fen", "reversal", "reverses_version").first(),
    )
    came = (
        replay.treasury.filter(pl.col("interest_fen") != 0)
        .with_columns(
            next=pl.col("version") + 1, due_category=CATEGORY, due_version=pl.col("reverses_version") + 1
        )
        .join(gains, left_on=["stream", "next"], right_on=EVENT, how="left", suffix="_gain")
    )
    right = (
        (pl.col("len") == 1)
        & (pl.col("amount_fen_gain") == pl.col("interest_fen"))
        & (pl.col("value_date_gain") == pl.col("value_date"))
        & (pl.col("category") == pl.col("due_category"))
        & (pl.col("reversal_gain") == pl.col("reversal"))
        & pl.col("reverses_version_gain").eq_missing(pl.col("due_version"))
    )
    for row in rows(came.filter(~right.fill_null(value=False)).sort("position")):
        message = f"存单或债券 {row['lot']} 的利息 {yuan(row['interest_fen'])} 元没有相应的收益分录"
        yield problem(
            "lot-gain-wrong", message, position=row["position"], stream=row["stream"], key=[row["lot"]]
        )
    yield from _standing_gains(replay, gains)


def _standing_gains(replay: Replay, gains: pl.DataFrame) -> Iterator[Problem]:
    """A gain that came with a lot is never reversed without it."""
    treasury = replay.treasury
    own = treasury.filter((pl.col("interest_fen") != 0) & ~pl.col("reversal")).select(
        "stream", "lot", "version", reverses_version=pl.col("version") + 1
    )
    gone = treasury.filter("reversal").select("stream", version="reverses_version", gone_at="version")
    alone = (
        gains.filter("reversal")
        .join(own, on=["stream", "reverses_version"], suffix="_lot")
        .join(gone, left_on=["stream", "version_lot"], right_on=["stream", "version"], how="left")
        .filter((pl.col("gone_at") + 1).ne_missing(pl.col("version")))
        .join(replay.log.select(*EVENT, "position"), on=EVENT)
    )
    for row in rows(alone.sort("position")):
        message = f"存单或债券 {row['lot']} 的收益被单独冲正"
        yield problem(
            "lot-gain-wrong", message, position=row["position"], stream=row["stream"], key=[row["lot"]]
        )

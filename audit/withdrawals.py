"""Withdrawals (支取) recomputed: every repair payment is shared over its accounts as the rules say."""

from collections.abc import Iterator

import polars as pl

from audit import freezes, scopes
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from audit.scopes import ACCOUNT
from ledger.money import yuan


def check(replay: Replay) -> Iterator[Problem]:
    """Payments whose withdrawals and self-raised money (自筹) are not their shares, or do not add up.

    How a unit's payment is split between principal and interest is a policy decided when recorded, and is
    not recomputed.
    """
    entries = replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
    known = scopes.payments(replay).select("payment")
    astray = entries.join(known, on="payment", how="anti").unique("position", maintain_order=True)
    for row in rows(astray):
        message = f"支取所指的付款 {row['payment']} 不存在"
        yield problem("payment-unknown", message, position=row["position"], stream=row["stream"])
    scope = scopes.scopes(replay)
    for row in rows(differences(replay, scope)):
        message = (
            f"付款 {row['payment']} 在 {row['building']} {row['unit']} 应分摊 {yuan(row['due_fen'])} 元，"
            f"实际支取和自筹 {yuan(row['borne_fen'])} 元"
        )
        yield problem(
            "withdrawal-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row[name] for name in ACCOUNT],
        )
    yield from _sums(replay, scope)
    yield from _needless(replay)


def differences(replay: Replay, scope: pl.DataFrame) -> pl.DataFrame:
    """Accounts that bear something else than their share: ``due_fen`` against ``borne_fen``, in log order."""
    entries = replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
    taken = entries.select("payment", *ACCOUNT, borne_fen=-(pl.col("principal_fen") + pl.col("interest_fen")))
    raised = replay.raised.select(
        pl.format("{}@{}", "stream", "version").alias("payment"), *ACCOUNT, borne_fen="raised_fen"
    )
    borne = pl.concat([taken, raised]).group_by("payment", *ACCOUNT).agg(pl.col("borne_fen").sum())
    places = scopes.payments(replay).select("payment", "position", "stream", "county", "estate", "project")
    return (
        scopes.dues(replay, scope)
        .join(borne, on=["payment", *ACCOUNT], how="full", coalesce=True)
        .join(places, on="payment")
        .with_columns(pl.col("borne_fen", "due_fen").fill_null(0))
        .filter(pl.col("borne_fen") != pl.col("due_fen"))
        .sort("position", *ACCOUNT)
    )


def _sums(replay: Replay, scope: pl.DataFrame) -> Iterator[Problem]:
    """Payments that are not the sum of their parts, or whose developer bears another share (art. 21)."""
    raised = replay.raised.group_by("stream", "version").agg(pl.col("raised_fen").sum())
    unsold = scope.filter("unsold").group_by("payment").agg(unsold_fen=pl.col("by_area_fen").sum())
    wrong = (
        scopes.payments(replay)
        .join(raised, on=["stream", "version"], how="left")
        .join(unsold, on="payment", how="left")
        .with_columns(pl.col("raised_fen", "unsold_fen").fill_null(0))
        .filter(
            (pl.col("amount_fen") + pl.col("raised_fen") + pl.col("developer_fen") != pl.col("cost_fen"))
            | (pl.col("developer_fen") != pl.col("unsold_fen"))
        )
        .sort("position")
    )
    for row in rows(wrong):
        message = (
            f"付款 {row['payment']} 共 {yuan(row['cost_fen'])} 元：资金支付 {yuan(row['amount_fen'])}、"
            f"自筹 {yuan(row['raised_fen'])}、开发单位 {yuan(row['developer_fen'])}"
            f"（应为 {yuan(row['unsold_fen'])}），合计不符"
        )
        yield problem("payment-wrong", message, position=row["position"], stream=row["stream"])


def _needless(replay: Replay) -> Iterator[Problem]:
    """Money that owners were to raise though their account still had some after the withdrawal.

    What a court had frozen of the owner's account could not pay.
    """
    paid_on = scopes.payments(replay).select("payment", "paid_on")
    raised = replay.raised.with_columns(payment=pl.format("{}@{}", "stream", "version")).join(
        paid_on, on="payment", how="left"
    )
    drawn = (
        replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
        .group_by("payment", "building")
        .agg(drawn_version=pl.col("version").min())
    )
    entries = replay.entries.select(
        *ACCOUNT,
        fen=pl.col("principal_fen") + pl.col("interest_fen"),
        entry_version="version",
        entry_position="position",
    )
    left = (
        raised.join(drawn, on=["payment", "building"], how="left")
        .join(entries, on=ACCOUNT)
        .filter(
            pl.when(pl.col("drawn_version").is_null())
            .then(pl.col("entry_position") < pl.col("position"))
            .otherwise(pl.col("entry_version") <= pl.col("drawn_version"))
        )
        .group_by("position", "stream", "payment", "paid_on", "drawn_version", *ACCOUNT)
        .agg(left_fen=pl.col("fen").sum())
        .filter(pl.col("left_fen") > 0)
    )
    held = freezes.held(replay, left).with_columns(part=pl.lit("owner"), frozen=True)
    free = left.join(held, on=["position", *ACCOUNT], how="left").filter(
        pl.col("frozen").is_null() | (pl.col("left_fen") > pl.col("held_fen"))
    )
    for row in rows(free.sort("position", *ACCOUNT)):
        message = (
            f"付款 {row['payment']} 在 {row['building']} {row['unit']} 列为自筹，"
            f"但该账户支取后仍有 {yuan(row['left_fen'])} 元"
        )
        yield problem(
            "self-raised-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row[name] for name in ACCOUNT],
        )

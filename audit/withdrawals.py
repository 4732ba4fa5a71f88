"""Withdrawals (支取) recomputed: every repair payment is shared over the units in scope, exactly by area."""

from collections.abc import Iterator

import polars as pl

from audit.apportion import apportion
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

ACCOUNT = ["building", "unit", "part"]


def check(replay: Replay) -> Iterator[Problem]:
    """Payments whose withdrawals are not their amount by area; the owner part (业主) of each unit pays.

    How a unit's payment is split between principal and interest is a policy decided when recorded, and is
    not recomputed.
    """
    entries = replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
    taken = entries.group_by("payment", *ACCOUNT).agg(
        taken_fen=-(pl.col("principal_fen") + pl.col("interest_fen")).sum(),
    )
    payments = replay.payments.with_columns(payment=pl.format("{}@{}", "stream", "version"))
    known = payments.select("payment", payment_position="position", payment_stream="stream")
    astray = entries.join(known, on="payment", how="anti").unique("position", maintain_order=True)
    for row in rows(astray):
        message = f"支取所指的付款 {row['payment']} 不存在"
        yield problem("payment-unknown", message, position=row["position"], stream=row["stream"])
    wrong = (
        _due(replay, payments, entries)
        .join(taken, on=["payment", *ACCOUNT], how="full", coalesce=True)
        .join(known, on="payment")
        .with_columns(pl.col("taken_fen").fill_null(0), pl.col("due_fen").fill_null(0))
        .filter(pl.col("taken_fen") != pl.col("due_fen"))
        .sort("payment_position", *ACCOUNT)
    )
    for row in rows(wrong):
        message = (
            f"付款 {row['payment']} 在 {row['building']} {row['unit']} 应分摊 {yuan(row['due_fen'])} 元，"
            f"实际支取 {yuan(row['taken_fen'])} 元"
        )
        yield problem(
            "withdrawal-wrong",
            message,
            position=row["payment_position"],
            stream=row["payment_stream"],
            key=[row[name] for name in ACCOUNT],
        )


def _due(replay: Replay, payments: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """What each unit owes of each payment: units registered before the payment, or before its withdrawal."""
    drawn = entries.group_by("payment", "building").agg(drawn_version=pl.col("version").min())
    units = replay.units.unique(["building", "unit"], keep="first").select(
        "building", "unit", "area_dm2", unit_version="version", unit_position="position"
    )
    scope = (
        payments.select("payment", "position", "amount_fen", building="buildings")
        .explode("building")
        .join(units, on="building")
        .join(drawn, on=["payment", "building"], how="left")
        .filter(
            (pl.col("unit_position") < pl.col("position"))
            | (pl.col("unit_version") < pl.col("drawn_version")).fill_null(value=False)
        )
        .with_columns(part=pl.lit("owner"))
    )
    shares = apportion(scope, "amount_fen", "area_dm2", ["payment"], ["building", "unit"])
    return scope.select("payment", *ACCOUNT, due_fen=shares)

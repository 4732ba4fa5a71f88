"""What the read tables of dues (应交) must hold, for comparing."""

from typing import Final

import polars as pl

from audit.replay import Replay

_BEHIND: Final = ("receipt_no", "bank_ref", "account", "party_ref", "reason")
"""What is behind a deposit or refund, and behind the reversal of either."""


def deposits(replay: Replay) -> pl.DataFrame:
    """Deposits by kind, refunds by the deposit they give back, reversals by what they reverse, and first
    deposits that moved with their units.
    """
    entries = replay.entries.with_columns(
        kind=pl.coalesce("deposit_kind", "refunds_kind"),
        deposited_on=pl.when(pl.col("kind") == "deposit").then("value_date").otherwise("refunds_day"),
        entry="kind",
        party_ref=pl.coalesce("payer_ref", "payee_ref"),
        reason="refund_reason",
    )
    owed = pl.col("obligation").fill_null(value=False)  # what is owed for a loss gives no deposit back
    made = entries.filter(pl.col("entry").is_in(["deposit", "refund"]) & ~owed & ~pl.col("reversal"))
    originals = made.select(
        "stream",
        "kind",
        "deposited_on",
        *_BEHIND,
        reverses_version=pl.col("version"),
        reverses_line=pl.col("line"),
    )
    back = (
        entries.filter("reversal")
        .drop("kind", "deposited_on", *_BEHIND)
        .join(originals, on=["stream", "reverses_version", "reverses_line"], how="inner")
    )
    moved = entries.filter((pl.col("entry") == "moved") & (pl.col("first_fen") != 0)).with_columns(
        kind=pl.lit("moved"), deposited_on=pl.lit(None, pl.Date), principal_fen="first_fen"
    )
    return pl.concat(
        frame.select(
            "position",
            "line",
            "building",
            "unit",
            "part",
            "county",
            "kind",
            "deposited_on",
            "value_date",
            *_BEHIND,
            amount_fen="principal_fen",
        )
        for frame in (made, back, moved)
    )


def due_decisions(replay: Replay) -> pl.DataFrame:
    """Every decision of an officer (核定、免交)."""
    return replay.decisions.select(
        "position",
        "building",
        "unit",
        "kind",
        "due_fen",
        "reason",
        "note",
        "until",
        decided_on="value_date",
    )


def unit_sales(replay: Replay) -> pl.DataFrame:
    """Every sale of public housing (公有住房出售)."""
    return replay.sales.select(
        "position", "building", "unit", "seller", "proceeds_fen", "corrects", received_on="value_date"
    )


def receipt_ranges(replay: Replay) -> pl.DataFrame:
    """Every range of receipts (票据) handed out or voided."""
    return replay.receipts.select(
        "position", "code", "first", "last", "voided", "value_date", "holder", "holder_ref"
    )

"""What the read tables of banks must hold: lines of statements, and what the ledger says has moved."""

import polars as pl

from audit.replay import Replay


def bank_lines(replay: Replay) -> pl.DataFrame:
    return replay.statements.select(
        "position",
        "line",
        "account",
        "value_date",
        "bank_ref",
        "amount_fen",
        "balance_fen",
        "summary",
        "version",
        "reverses_version",
        "reverses_line",
    )


def bank_moves(replay: Replay) -> pl.DataFrame:
    """What must have moved at a bank: not what is owed for a destroyed building, but what was paid of it."""
    at_the_bank = pl.col("kind").is_in(["deposit", "income", "refund", "custody"])
    entries = replay.entries.filter(at_the_bank & ~pl.col("obligation").fill_null(value=False)).with_columns(
        amount_fen=pl.col("principal_fen") + pl.col("interest_fen")
    )
    owed = replay.obligations.filter(pl.col("kind") == "paid").with_columns(kind=pl.lit("obligation"))
    back = replay.payment_reversals.with_columns(
        county=pl.col("stream").str.split("/").list.get(1),
        line=pl.lit(0, pl.Int64),
        kind=pl.when("returned").then(pl.lit("return")).otherwise(pl.lit("repair")),
        account=pl.lit(None, pl.String),
        bank_ref=pl.lit(None, pl.String),
        amount_fen=pl.when("returned").then("amount_fen").otherwise(-pl.col("amount_fen")),
        reverses_line=pl.lit(0, pl.Int64),
    )
    gains = replay.gains.with_columns(kind=pl.lit("gain"))
    payments = replay.payments.with_columns(
        line=pl.lit(0, pl.Int64),
        value_date="paid_on",
        kind=pl.lit("repair"),
        account=pl.lit(None, pl.String),
        amount_fen=-pl.col("amount_fen"),
        reverses_version=pl.lit(None, pl.Int64),
        reverses_line=pl.lit(None, pl.Int64),
    )
    returns = replay.returns.with_columns(
        line=pl.lit(0, pl.Int64),
        value_date="returned_on",
        kind=pl.lit("return"),
        account=pl.lit(None, pl.String),
        reverses_version=pl.lit(None, pl.Int64),
        reverses_line=pl.lit(None, pl.Int64),
    )
    return pl.concat(
        frame.select(
            "position",
            "line",
            "stream",
            "version",
            "county",
            "value_date",
            "kind",
            "account",
            "bank_ref",
            "amount_fen",
            "reverses_version",
            "reverses_line",
        )
        for frame in (entries, gains, payments, returns, owed, back, treasury_moves(replay.treasury))
    )


def treasury_moves(treasury: pl.DataFrame) -> pl.DataFrame:
    """Money laid out leaves the bank; a coupon is a gain, and a pledge moves no money."""
    moving = (pl.col("kind") != "bond-interest") & pl.col("lot_kind").ne_missing(pl.lit("pledge"))
    into = pl.col("kind") == "other-income"
    return treasury.filter(moving).with_columns(
        amount_fen=pl.when(into).then("amount_fen").otherwise(-pl.col("amount_fen"))
    )

"""Losses (灭失), custody (划转) and reversed payments recomputed: whole, proved and once."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

ACCOUNT = ["building", "unit", "part"]
OWED = ["building", "owed_version", "owed_line"]


def check(replay: Replay) -> Iterator[Problem]:
    """Everything wrong with what left, and with what was taken back whole."""
    yield from _payees(replay)
    yield from _balances(replay)
    yield from _payments(replay)
    yield from _overpaid(replay)
    yield from _reversed(replay)
    yield from _withdrawals(replay)


def _payees(replay: Replay) -> Iterator[Problem]:
    """The owner's part is owed to the owner on record, the seller's to the seller or the treasury."""
    owed = replay.obligations.filter((pl.col("kind") == "arisen") & ~pl.col("reversal"))
    units = replay.units.unique(["building", "unit"], keep="first").select(
        "building", "unit", "seller", registered="owner_ref"
    )
    changes = replay.owners.select("building", "unit", at="version", now="owner_ref").sort("at")
    known = (
        owed.join(units, on=["building", "unit"], how="left")
        .sort("version")
        .join_asof(
            changes,
            left_on="version",
            right_on="at",
            by=["building", "unit"],
            check_sortedness=False,
        )
        .with_columns(owner=pl.coalesce("now", "registered"))
    )
    owners = (
        (pl.col("part") == "owner")
        & (pl.col("payee") == "owner")
        & pl.col("payee_ref").eq_missing(pl.col("owner"))
    )
    sellers = (pl.col("part") == "seller") & (
        (pl.col("payee") == "treasury")
        | ((pl.col("payee") == "seller") & pl.col("payee_name").eq_missing(pl.col("seller")))
    )
    for row in rows(known.filter(~(owners | sellers)).sort("position", "line")):
        yield _about(row, "obligation-wrong", f"楼幢 {row['building']} 户 {row['unit']} 的应付返还对象不符")


def _balances(replay: Replay) -> Iterator[Problem]:
    """What left an account by a loss, or live by a transfer, is what it held at the end of that day."""
    left = replay.entries.filter(
        ~pl.col("reversal")
        & (
            pl.col("obligation").fill_null(value=False)
            | ((pl.col("kind") == "custody") & (pl.col("principal_fen") + pl.col("interest_fen") < 0))
        )
    )
    if left.is_empty():
        return
    exact = left.filter(pl.col("obligation").fill_null(value=False) | (pl.col("origin") == "live"))
    held = (
        exact.select(*ACCOUNT, at="version", day="value_date")
        .join(
            replay.entries.select(*ACCOUNT, "version", "value_date", "principal_fen", "interest_fen"),
            on=ACCOUNT,
        )
        .filter((pl.col("version") < pl.col("at")) & (pl.col("value_date") <= pl.col("day")))
        .group_by(*ACCOUNT, version="at")
        .agg(held_principal=pl.col("principal_fen").sum(), held_interest=pl.col("interest_fen").sum())
    )
    proofs = exact.join(held, on=[*ACCOUNT, "version"], how="left").with_columns(
        pl.col("held_principal", "held_interest").fill_null(0)
    )
    wrong = (pl.col("principal_fen") != -pl.col("held_principal")) | (
        pl.col("interest_fen") != -pl.col("held_interest")
    )
    for row in rows(proofs.filter(wrong).sort("position", "line")):
        message = (
            f"楼幢 {row['building']} 户 {row['unit']} 当日余额 "
            f"{yuan(row['held_principal'] + row['held_interest'])} 元，转出 "
            f"{yuan(-row['principal_fen'] - row['interest_fen'])} 元"
        )
        yield _about(row, "balance-unproved", message)


def _payments(replay: Replay) -> Iterator[Problem]:
    """Payments of an obligation that is not on record, of another account, or taken back before."""
    owed = replay.obligations.filter((pl.col("kind") == "arisen") & ~pl.col("reversal")).select(
        *OWED, owed_unit="unit", owed_part="part", owed_payee="payee"
    )
    gone = (
        replay.reversals.sort("position")
        .unique(["building", "reverses_version"], keep="first")
        .select("building", owed_version="reverses_version", gone_version="version")
    )
    paid = (
        replay.obligations.filter((pl.col("kind") == "paid") & ~pl.col("reversal"))
        .join(owed, on=OWED, how="left")
        .join(gone, on=["building", "owed_version"], how="left")
    )
    right = (
        (pl.col("owed_version") < pl.col("version"))
        & (pl.col("unit") == pl.col("owed_unit"))
        & (pl.col("part") == pl.col("owed_part"))
        & (pl.col("payee") == pl.col("owed_payee"))
        & (pl.col("gone_version").is_null() | (pl.col("gone_version") > pl.col("version")))
        & (pl.col("amount_fen") < 0)
    )
    for row in rows(paid.filter(~right.fill_null(value=False)).sort("position", "line")):
        message = f"楼幢 {row['building']} 的返还付款第 {row['line'] + 1} 行所指的应付不存在、已冲正或不相符"
        yield _about(row, "obligation-unknown", message)


def _overpaid(replay: Replay) -> Iterator[Problem]:
    """A destruction taken back of which payments still stand."""
    gone = replay.reversals.filter("obligation").select(
        "building", "position", owed_version="reverses_version"
    )
    still = (
        replay.obligations.filter(pl.col("kind") == "paid")
        .join(gone.rename({"position": "gone"}), on=["building", "owed_version"])
        .filter(pl.col("position") < pl.col("gone"))
        .group_by("building", "stream", "owed_version", "gone")
        .agg(standing_fen=-pl.col("amount_fen").sum())
        .filter(pl.col("standing_fen") != 0)
        .sort("gone")
    )
    for row in rows(still):
        message = f"楼幢 {row['building']} 的灭失登记已冲正，但已返还 {yuan(row['standing_fen'])} 元"
        yield problem("obligation-paid", message, position=row["gone"], stream=row["stream"])


def _reversed(replay: Replay) -> Iterator[Problem]:
    """Losses, transfers and payments are taken back with all their lines or none, and as what they are."""
    whole = pl.concat(
        [
            replay.destructions.select("stream", "version", loss=pl.lit(value=True)),
            replay.custody.select("stream", "version", loss=pl.lit(value=False)),
        ]
    )
    lines = (
        replay.entries.join(whole, on=["stream", "version"], how="semi")
        .group_by("stream", "version")
        .agg(all_lines=pl.len())
    )
    named = replay.reversals.join(
        whole.join(lines, on=["stream", "version"], how="left").with_columns(
            pl.col("all_lines").fill_null(0)
        ),
        left_on=["stream", "reverses_version"],
        right_on=["stream", "version"],
        how="left",
    )
    partial = pl.col("loss").is_not_null() & (pl.col("lines") != pl.col("all_lines"))
    strange = pl.col("obligation") != pl.col("loss").fill_null(value=False)
    for row in rows(named.filter(partial | strange).sort("position")):
        message = f"冲正与原事件 {row['stream']}@{row['reverses_version']} 不符：应整笔冲正"
        yield problem("reversal-wrong", message, position=row["position"], stream=row["stream"])


def _withdrawals(replay: Replay) -> Iterator[Problem]:
    """A payment, or what came back of it, is taken back once and exactly, with every entry that follows."""
    made = pl.concat(
        [
            replay.payments.select(
                "stream", "version", day="paid_on", made_fen="amount_fen", back=pl.lit(value=False)
            ),
            replay.returns.select(
                "stream", "version", day="returned_on", made_fen="amount_fen", back=pl.lit(value=True)
            ),
        ]
    )
    back = replay.payment_reversals.join(
        made,
        left_on=["stream", "reverses_version"],
        right_on=["stream", "version"],
        how="left",
    ).sort("position")
    right = (
        (pl.col("amount_fen") == -pl.col("made_fen"))
        & (pl.col("value_date") == pl.col("day"))
        & (pl.col("returned") == pl.col("back"))
    )
    again = pl.int_range(pl.len()).over("stream", "reverses_version") > 0
    for row in rows(back.filter(~right.fill_null(value=False) | again)):
        message = f"付款冲正与原付款 {row['stream']}@{row['reverses_version']} 不符或重复"
        yield problem("reversal-wrong", message, position=row["position"], stream=row["stream"])
    following = pl.col("kind").is_in(["withdrawal", "return"])
    taken = replay.entries.filter(following & ~pl.col("reversal")).with_columns(
        origin_event=pl.coalesce("returned", "payment")
    )
    undone = replay.entries.filter(following & pl.col("reversal")).select(
        "stream", version="reverses_version", line="reverses_line", undone=pl.lit(value=True)
    )
    said = replay.payment_reversals.select(
        origin_event=pl.format("{}@{}", "stream", "reverses_version"), said=pl.lit(value=True)
    ).unique()
    differing = (
        taken.join(undone.unique(), on=["stream", "version", "line"], how="left")
        .join(said, on="origin_event", how="left")
        .filter(pl.col("undone").fill_null(value=False) != pl.col("said").fill_null(value=False))
        .sort("position", "line")
    )
    for row in rows(differing):
        message = f"楼幢 {row['building']} 户 {row['unit']} 的分录与 {row['origin_event']} 没有一同冲正"
        yield _about(row, "reversal-partial", message)


def _about(row: Mapping[str, Any], kind: str, message: str) -> Problem:
    return problem(
        kind, message, position=row["position"], stream=row["stream"], key=[row[name] for name in ACCOUNT]
    )

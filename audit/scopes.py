"""Shares of repair payments (分摊) recomputed, by code that shares nothing with the write side.

A payment's whole cost falls on every unit in its scope by area; what falls on unsold units is the
developer's, art. 21; what falls on sold public housing is split between owners and selling units in the ratio
of the money they deposited, the owners' part by area, the sellers' by the deposits of each, art. 20.
"""

from typing import Final

import polars as pl

from audit.apportion import apportion
from audit.areas import areas
from audit.heirs import with_heirs
from audit.replay import Replay

PLACE: Final = ["building", "unit"]
ACCOUNT: Final = [*PLACE, "part"]
_DEPOSITED: Final = ["opening", "deposit", "refund", "moved"]


def scopes(replay: Replay) -> pl.DataFrame:
    """Every unit in scope of every payment, with ``by_area_fen``, its share of the whole cost by area.

    ``payment`` is the event's id; ``unsold`` says whether the developer bears it. Units count that were open
    when the payment was taken from their building, or at the payment where nothing was, by their areas then.
    """
    facts = replay.units.unique(PLACE, keep="first").select(*PLACE, "fund", "owner_ref")
    units = areas(replay).join(facts, on=PLACE, maintain_order="left")
    charged, unsold = _named(replay)
    scope = (
        payments(replay)
        .select("payment", "stream", "position", "cost_fen", building="buildings")
        .explode("building")
        .join(units, on="building")
        .join(_drawn(replay), on=["payment", "building"], how="left")
        .filter(
            _before("since_version", "since_position")
            & ~_before("until_version", "until_position").fill_null(value=False)
        )
        .join(charged.select("stream").unique().with_columns(chosen=True), on="stream", how="left")
        .join(charged.with_columns(charged=True), on=["stream", *PLACE], how="left")
        .join(unsold.with_columns(unsold=True), on=["stream", *PLACE], how="left")
        .with_columns(pl.col("chosen", "charged", "unsold").fill_null(value=False))
        .filter(~pl.col("chosen") | pl.col("charged") | pl.col("unsold"))
        .drop("chosen", "charged", "since_version", "since_position", "until_version", "until_position")
    )
    shares = apportion(scope, "cost_fen", "area_dm2", ["payment"], PLACE)
    return scope.with_columns(by_area_fen=shares)


def dues(replay: Replay, scope: pl.DataFrame) -> pl.DataFrame:
    """What each account owes of each payment: ``payment``, building, unit, part and ``due_fen``."""
    borne = scope.filter(~pl.col("unsold"))
    public = _with_deposits(replay, borne.filter(pl.col("fund") == "public"))
    two_step = public.filter(pl.col("sold_fen") > 0)
    single = borne.join(two_step, on=["payment", *PLACE], how="anti").with_columns(
        part=pl.lit("owner"), due_fen="by_area_fen"
    )
    parts = _between(two_step)
    owners = two_step.join(parts.filter(pl.col("part") == "owner"), on="payment")
    sellers = two_step.join(parts.filter(pl.col("part") == "seller"), on="payment")
    owners = owners.with_columns(due_fen=apportion(owners, "part_fen", "area_dm2", ["payment"], PLACE))
    sellers = sellers.with_columns(due_fen=apportion(sellers, "part_fen", "seller_fen", ["payment"], PLACE))
    return pl.concat(frame.select("payment", *ACCOUNT, "due_fen") for frame in (single, owners, sellers))


def payments(replay: Replay) -> pl.DataFrame:
    """The payments with their id as ``payment``."""
    return replay.payments.with_columns(payment=pl.format("{}@{}", "stream", "version"))


def _named(replay: Replay) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The units that the last proposal of each project charges, and those of its developer.

    All that ever took their place by splits and mergers are among them; those open then are in scope.
    """
    last = replay.projects.select("stream", version="proposed_version")
    named = replay.charged.join(last, on=["stream", "version"])
    of_developer = pl.col("developer").is_not_null()
    charged, unsold = (
        with_heirs(named.filter(kind).select("stream", *PLACE).unique(), replay.unit_changes)
        for kind in (~of_developer, of_developer)
    )
    return charged, unsold


def _drawn(replay: Replay) -> pl.DataFrame:
    """Where the withdrawal of a payment stands in the stream of a building."""
    taken = replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
    return taken.group_by("payment", "building").agg(drawn_version=pl.col("version").min())


def _before(version: str, position: str) -> pl.Expr:
    """Whether something of a building came before the payment was taken from it."""
    drawn = pl.col("drawn_version")
    by_version = pl.col(version) < drawn
    return pl.when(drawn.is_null()).then(pl.col(position) < pl.col("position")).otherwise(by_version)


def _with_deposits(replay: Replay, public: pl.DataFrame) -> pl.DataFrame:
    """The public units of each payment with the money deposited in their accounts, and all sellers' sum."""
    deposits = replay.entries.filter(pl.col("kind").is_in(_DEPOSITED)).select(
        *ACCOUNT, "principal_fen", entry_version="version", entry_position="position"
    )
    held = (
        public.select("payment", "position", "drawn_version", *PLACE)
        .join(deposits, on=PLACE)
        .filter(_before("entry_version", "entry_position"))
        .group_by("payment", *ACCOUNT)
        .agg(held_fen=pl.col("principal_fen").sum().clip(0))
    )
    for part in ("owner", "seller"):
        of_part = held.filter(pl.col("part") == part).select(
            "payment", *PLACE, pl.col("held_fen").alias(f"{part}_fen")
        )
        public = public.join(of_part, on=["payment", *PLACE], how="left", maintain_order="left")
    filled = public.with_columns(pl.col("owner_fen", "seller_fen").fill_null(0))
    return filled.with_columns(sold_fen=pl.col("seller_fen").sum().over("payment"))


def _between(public: pl.DataFrame) -> pl.DataFrame:
    """What owners and sellers together bear of each payment: ``part`` and ``part_fen``."""
    sums = public.group_by("payment").agg(
        total_fen=pl.col("by_area_fen").sum(),
        owner=pl.col("owner_fen").sum(),
        seller=pl.col("seller_fen").sum(),
    )
    both = sums.unpivot(
        on=["owner", "seller"], index=["payment", "total_fen"], variable_name="part", value_name="weight"
    )
    shares = apportion(both, "total_fen", "weight", ["payment"], ["part"])
    return both.select("payment", "part", part_fen=shares)

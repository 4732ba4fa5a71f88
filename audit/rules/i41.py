"""I41 未售房屋未由开发单位分摊: units that nobody has bought and no developer is charged for."""

import polars as pl

from audit.findings import Finding, Rule
from audit.heirs import with_heirs
from audit.rules.figures import Figures, Row, facts
from audit.scopes import PLACE
from ledger.money import yuan

RULE = Rule(
    id="I41",
    title="未售房屋的分摊未由开发建设单位承担",
    basis="165号令第21条",
    severity="medium",
    advice="核实房屋是否未售；未售的由开发建设单位或公有住房单位按建筑面积承担，已摊给业主的退回。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: the share by area of what was paid.

    A unit counts as unsold that has neither an owner on record nor money that ever came in. It is charged to
    its empty account, or left out of the scope for that reason: no other unit of its building is. Units
    that were split or merged are those that took their place.
    """
    units = _units(figures)
    shared = units.filter(pl.col("in_scope") | pl.col("unsold"))
    unsold = (
        shared.group_by("stream", maintain_order=True)
        .agg(
            area_dm2=pl.col("area_dm2").sum(),
            unsold_dm2=pl.col("area_dm2").filter("unsold").sum(),
            names=pl.format("{} {}", *PLACE).filter("unsold").sort(),
        )
        .filter(pl.col("unsold_dm2") > 0)
    )
    costs = figures.payments.group_by("stream").agg(cost_fen=pl.col("cost_fen").sum())
    found = figures.projects.join(unsold, on="stream", maintain_order="left").join(costs, on="stream")
    return [_finding(row) for row in found.iter_rows(named=True)]


def _units(figures: Figures) -> pl.DataFrame:
    """The units of the buildings of paid projects: ``in_scope``, and ``unsold`` without a developer."""
    replay = figures.replay
    owned = replay.owners.select(PLACE).unique()
    came = (
        figures.entries.filter(pl.col("kind").is_in(["deposit", "opening", "moved"])).select(PLACE).unique()
    )
    closed = replay.unit_changes.filter(pl.col("fate") == "closed").select(PLACE)
    known = replay.units.unique(PLACE, keep="first").select(*PLACE, "area_dm2", "owner_ref")
    units = known.join(closed, on=PLACE, how="anti", maintain_order="left")
    nobody = units.filter(pl.col("owner_ref").is_null()).join(owned, on=PLACE, how="anti")
    empty = nobody.join(came, on=PLACE, how="anti").select(*PLACE, nobody=pl.lit(value=True))
    last = figures.projects.select("stream", version="proposed_version")
    named = with_heirs(
        replay.charged.join(last, on=["stream", "version"]).select("stream", *PLACE, "developer"),
        replay.unit_changes,
    ).unique(["stream", *PLACE, "developer"], maintain_order=True)
    developer = named.filter(pl.col("developer").is_not_null()).select(
        "stream", *PLACE, borne=pl.lit(value=True)
    )
    chosen = named.filter(pl.col("developer").is_null()).select("stream", *PLACE, charged=pl.lit(value=True))
    limited = chosen.select("stream", limited=pl.lit(value=True)).unique()
    left_out = ~pl.col("in_scope")
    return (
        figures.projects.filter(pl.col("paid_fen").is_not_null())
        .select("stream", building="buildings")
        .explode("building")
        .join(units, on="building")
        .join(empty, on=PLACE, how="left")
        .join(developer, on=["stream", *PLACE], how="left")
        .join(chosen, on=["stream", *PLACE], how="left")
        .join(limited, on="stream", how="left")
        .with_columns(pl.col("nobody", "borne", "charged", "limited").fill_null(value=False))
        .with_columns(in_scope=~pl.col("limited") | pl.col("charged") | pl.col("borne"))
        .with_columns(sold_left_out=(left_out & ~pl.col("nobody")).any().over("stream", "building"))
        .with_columns(
            unsold=pl.col("nobody") & ~pl.col("borne") & (pl.col("in_scope") | ~pl.col("sold_left_out"))
        )
    )


def _finding(row: Row) -> Finding:
    share = row["cost_fen"] * row["unsold_dm2"] // row["area_dm2"]
    shown = "、".join(row["names"][:5]) + ("等" if len(row["names"]) > 5 else "")
    return RULE.finding(
        row,
        amount_fen=share,
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 范围内有 {len(row['names'])} 户没有业主也没有交存（{shown}），"
        f"按建筑面积应分摊 {yuan(share)} 元，没有列由开发建设单位承担。",
    )

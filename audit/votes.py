"""Votes (表决) recounted: the figures of every vote that has ballots, over the units it was held over."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from audit.areas import areas
from audit.heirs import with_heirs
from audit.problems import Problem, problem, rows
from audit.replay import Replay

VOTE: Final = ["stream", "version"]
UNIT: Final = ["building", "unit"]
FIGURES: Final = {
    "total_area_dm2": "应参与面积",
    "total_households": "应参与人数",
    "present_area_dm2": "参与面积",
    "present_households": "参与人数",
    "agreed_area_dm2": "同意面积",
    "agreed_households": "同意人数",
}


def check(replay: Replay) -> Iterator[Problem]:
    """Votes whose figures are not what their ballots come to.

    A person with several units is counted once, and agrees when all of their ballots do; a unit without an
    owner on record is a person of its own, the unsold units of a developer are one.
    """
    votes = replay.steps.filter(pl.col("vote_version").is_not_null()).join(
        replay.ballots, on=VOTE, how="semi", maintain_order="left"
    )
    if votes.is_empty():
        return
    counted = _counted(_with_ballots(charged_of(replay, votes), replay.ballots))
    said = votes.select(*VOTE, "position", *FIGURES).join(counted, on=VOTE, how="left", suffix="_due")
    for row in rows(said.sort("position")):
        wrong = [
            f"{name}应为 {row[f'{figure}_due'] or 0}，记为 {row[figure]}"
            for figure, name in FIGURES.items()
            if row[figure] != (row[f"{figure}_due"] or 0)
        ]
        if wrong:
            message = f"表决结果与表决票不符：{'；'.join(wrong)}"
            yield problem("vote-wrong", message, position=row["position"], stream=row["stream"])


def charged_of(replay: Replay, votes: pl.DataFrame) -> pl.DataFrame:
    """The units each vote was held over, with ``area_dm2`` and ``person``, by the proposal then on record.

    Units and owners are those of the building's version that the vote read; owners those of its day. Those
    that took the place of units named stand in for them.
    """
    proposals = (
        replay.steps.filter(pl.col("proposed_version").is_not_null())
        .select("stream", "proposed_version", "buildings")
        .join(votes.select(*VOTE, "voted_on"), on="stream")
        .filter(pl.col("proposed_version") < pl.col("version"))
        .sort("proposed_version")
        .unique(VOTE, keep="last", maintain_order=True)
    )
    named = with_heirs(
        replay.charged.select("stream", *UNIT, "developer", proposed_version="version"), replay.unit_changes
    )
    units = (
        proposals.explode("buildings")
        .rename({"buildings": "building"})
        .join(replay.counted.select(*VOTE, "building", "read_version"), on=[*VOTE, "building"])
        .join(
            areas(replay).join(
                replay.units.unique(UNIT, keep="first").select(*UNIT, "owner_ref"), on=UNIT, how="left"
            ),
            on="building",
            maintain_order="left_right",
        )
        .filter(
            (pl.col("since_version") <= pl.col("read_version"))
            & (pl.col("until_version").is_null() | (pl.col("until_version") > pl.col("read_version")))
        )
        .unique([*VOTE, *UNIT], keep="last", maintain_order=True)
    )
    of_some = named.filter(pl.col("developer").is_null()).select("stream", "proposed_version").unique()
    whole = units.join(of_some, on=["stream", "proposed_version"], how="anti")
    part = units.join(of_some, on=["stream", "proposed_version"], how="semi").join(
        named, on=["stream", "proposed_version", *UNIT], how="semi"
    )
    unsold = (
        named.filter(pl.col("developer").is_not_null())
        .select("stream", "proposed_version", *UNIT, "developer")
        .unique(["stream", "proposed_version", *UNIT], keep="first")
    )
    charged = pl.concat([whole, part])
    return (
        charged.join(_owners(replay, charged), on=[*VOTE, *UNIT], how="left")
        .join(unsold, on=["stream", "proposed_version", *UNIT], how="left")
        .with_columns(owner=pl.coalesce("later_owner", "owner_ref"))
        .with_columns(
            person=pl.when(pl.col("developer").is_not_null())
            .then(pl.format("developer/{}", "developer"))
            .when(pl.col("owner").is_not_null())
            .then(pl.format("owner/{}", "owner"))
            .otherwise(pl.format("unit/{}/{}", *UNIT))
        )
    )


def _owners(replay: Replay, charged: pl.DataFrame) -> pl.DataFrame:
    """Who owned a unit on the day of the vote by a change of owner that the vote could know."""
    return (
        charged.select(*VOTE, *UNIT, "read_version", "voted_on")
        .join(
            replay.owners.select(
                *UNIT, owner_version="version", owned_since="value_date", later_owner="owner_ref"
            ),
            on=UNIT,
        )
        .filter(
            (pl.col("owner_version") <= pl.col("read_version"))
            & (pl.col("owned_since") <= pl.col("voted_on"))
        )
        .sort("owned_since", "owner_version")
        .unique([*VOTE, *UNIT], keep="last", maintain_order=True)
        .select(*VOTE, *UNIT, "later_owner")
    )


def _with_ballots(charged: pl.DataFrame, ballots: pl.DataFrame) -> pl.DataFrame:
    cast = ballots.sort("line").unique([*VOTE, *UNIT], keep="last").select(*VOTE, *UNIT, "choice")
    return charged.join(cast, on=[*VOTE, *UNIT], how="left")


def _counted(charged: pl.DataFrame) -> pl.DataFrame:
    """The six figures by vote."""
    present, agreed = pl.col("choice").is_not_null(), (pl.col("choice") == "agree").fill_null(value=False)
    persons = (
        charged.with_columns(present=present, agreed=agreed)
        .group_by(*VOTE, "person")
        .agg(
            present=pl.col("present").any(),
            agreed=pl.col("present").any() & (pl.col("present") == pl.col("agreed")).all(),
        )
        .group_by(VOTE)
        .agg(
            total_households=pl.len().cast(pl.Int64),
            present_households=pl.col("present").sum().cast(pl.Int64),
            agreed_households=pl.col("agreed").sum().cast(pl.Int64),
        )
    )
    area = pl.col("area_dm2")
    return (
        charged.group_by(VOTE)
        .agg(
            total_area_dm2=area.sum(),
            present_area_dm2=area.filter(present).sum(),
            agreed_area_dm2=area.filter(agreed).sum(),
        )
        .join(persons, on=VOTE)
    )

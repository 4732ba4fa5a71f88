"""Decisions about what is due (应交) checked: each is about a unit it can be about, in its turn."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay


def check(replay: Replay) -> Iterator[Problem]:
    """Decisions and sales of units not registered before, of impossible amounts or days, or out of turn."""
    yield from _decisions(replay)
    yield from _sales(replay)


def _registered(replay: Replay) -> pl.DataFrame:
    units = replay.units.unique(["building", "unit"], keep="first")
    return units.select("building", "unit", "fund", "storeys", registered="position")


def _decisions(replay: Replay) -> Iterator[Problem]:
    found = replay.decisions.join(
        _registered(replay), on=["building", "unit"], how="left", maintain_order="left"
    )
    exempt: dict[tuple[str, str], Any] = {}
    for row in rows(found.sort("position")):
        unit = row["building"], row["unit"]
        reason = None
        if row["registered"] is None or row["registered"] > row["position"]:
            reason = "没有登记该户"
        elif row["due_fen"] is not None and row["due_fen"] <= 0:
            reason = "核定金额不大于零"
        elif row["until"] is not None and row["until"] < row["value_date"]:
            reason = "免交止日早于决定日期"
        elif row["kind"] == "lift" and not _follows(exempt.get(unit), row):
            reason = "取消免交时该户没有免交"
        if row["kind"] == "exempt":
            exempt[unit] = row["value_date"]
        elif row["kind"] == "lift":
            exempt.pop(unit, None)
        if reason is not None:
            yield _wrong("decision-wrong", row, reason)


def _follows(exempted_on: Any, row: Mapping[str, Any]) -> bool:
    return exempted_on is not None and exempted_on <= row["value_date"]


def _sales(replay: Replay) -> Iterator[Problem]:
    found = replay.sales.join(_registered(replay), on=["building", "unit"], how="left", maintain_order="left")
    known: set[tuple[str, str]] = set()
    for row in rows(found.sort("position")):
        unit = row["building"], row["unit"]
        reason = None
        if row["registered"] is None or row["registered"] > row["position"]:
            reason = "没有登记该户"
        elif row["fund"] != "public":
            reason = "该户不是已售公有住房"
        elif row["proceeds_fen"] <= 0:
            reason = "售房款不大于零"
        elif row["corrects"] != (unit in known):
            reason = "没有可更正的登记" if row["corrects"] else "该户售房款重复登记"
        known.add(unit)
        if reason is not None:
            yield _wrong("sale-wrong", row, reason)


def _wrong(kind: str, row: Mapping[str, Any], reason: str) -> Problem:
    return problem(
        kind,
        f"楼幢 {row['building']} 户 {row['unit']}：{reason}",
        position=row["position"],
        stream=row["stream"],
        key=[row["building"], row["unit"]],
    )

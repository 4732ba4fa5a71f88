"""Changes of units (房屋变更) recomputed: facts as on record, the whole balance by area, nothing after it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from audit.areas import areas
from audit.firsts import with_first
from audit.heirs import shares
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

ACCOUNT = ["building", "unit", "part"]
EVENT = ["building", "version"]
SUMS = ("principal_fen", "interest_fen", "first_fen")
NAMES = {"principal_fen": "本金", "interest_fen": "利息", "first_fen": "首期"}


def check(replay: Replay) -> Iterator[Problem]:
    """Changes that say of a unit what is not on record, move a wrong fen, or are followed by more money."""
    if replay.unit_changes.is_empty():
        return
    yield from _facts(replay)
    yield from _moves(replay)
    yield from _after_closing(replay)


def _facts(replay: Replay) -> Iterator[Problem]:
    """Each unit before a change is open and as it was recorded last; a change keeps fund kind and seller."""
    changes = replay.unit_changes
    before = changes.filter(~pl.col("after"))
    known = areas(replay).select("building", "unit", "since_version", "until_version", known_dm2="area_dm2")
    of_unit = replay.units.unique(["building", "unit"], keep="first").select(
        "building", "unit", known_fund="fund", known_seller="seller"
    )
    standing = (
        before.join(known, on=["building", "unit"], how="left")
        .filter(
            (pl.col("since_version") < pl.col("version"))
            & (pl.col("until_version").is_null() | (pl.col("until_version") >= pl.col("version")))
        )
        .join(of_unit, on=["building", "unit"], how="left")
        .filter(
            (pl.col("area_dm2") == pl.col("known_dm2"))
            & (pl.col("fund") == pl.col("known_fund"))
            & pl.col("seller").eq_missing(pl.col("known_seller"))
        )
    )
    for row in rows(before.join(standing, on=[*EVENT, "unit"], how="anti").sort("position")):
        yield _about(row, f"变更前的户 {row['unit']} 未登记、已销户或与登记不符")
    kinds = changes.group_by(*EVENT, "position", "stream", "reason").agg(
        kinds=pl.struct("fund", "seller").n_unique(),
        closed=(pl.col("fate") == "closed").sum(),
        opened=(pl.col("fate") == "opened").sum(),
        kept=(pl.col("after") & (pl.col("fate") == "kept")).sum(),
    )
    several = pl.col("kept") == 0
    shaped = (
        pl.when(pl.col("reason") == "split")
        .then(several & (pl.col("closed") == 1) & (pl.col("opened") > 1))
        .when(pl.col("reason") == "merge")
        .then(several & (pl.col("closed") > 1) & (pl.col("opened") == 1))
        .otherwise((pl.col("kept") == 1) & (pl.col("closed") == 0) & (pl.col("opened") == 0))
    )
    wrong = kinds.filter(~shaped | (pl.col("kinds") > 1)).with_columns(unit=pl.lit(None, pl.String))
    for row in rows(wrong.sort("position")):
        yield _about(row, "变更前后的户数与变更原因不符，或资金类型、售房单位不同")


def _moves(replay: Replay) -> Iterator[Problem]:
    """Every line of a change moves what its account held, or the part of it that falls to the new area."""
    buildings = replay.unit_changes["building"].unique()
    entries = with_first(replay.entries.filter(pl.col("building").is_in(buildings.implode()))).sort(
        "position", "line"
    )
    moved = entries.select(
        *EVENT,
        "unit",
        "part",
        "kind",
        "principal_fen",
        "interest_fen",
        pl.when("first").then("principal_fen").otherwise(pl.col("first_fen").fill_null(0)).alias("first_fen"),
    )
    of_building = moved.partition_by("building", as_dict=True)
    for (building,), changes in replay.unit_changes.partition_by(
        "building", as_dict=True, maintain_order=True
    ).items():
        lines = of_building.get((building,), moved.clear())
        yield from _of_building(changes.sort("version"), list(lines.iter_rows(named=True)))


def _of_building(changes: pl.DataFrame, entries: list[dict[str, Any]]) -> Iterator[Problem]:
    held: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    upcoming = iter([*entries, None])
    entry = next(upcoming)
    for (version,), change in changes.partition_by("version", as_dict=True, maintain_order=True).items():
        said: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        while entry is not None and entry["version"] < version:
            _add(held[entry["unit"], entry["part"]], entry)
            entry = next(upcoming)
        while entry is not None and entry["version"] == version:
            _add(said[entry["unit"], entry["part"]], entry)
            _add(held[entry["unit"], entry["part"]], entry)
            entry = next(upcoming)
        due = _due(change, held, said)
        row = change.row(0, named=True)
        for unit, part in sorted(due.keys() | said.keys()):
            for name, owed, got in zip(SUMS, due[unit, part], said[unit, part], strict=True):
                if owed != got:
                    message = f"户 {unit} 的{NAMES[name]}应转 {yuan(owed)} 元，记录为 {yuan(got)} 元"
                    yield _about({**row, "unit": unit}, message)


def _add(sums: list[int], entry: dict[str, Any]) -> None:
    for index, name in enumerate(SUMS):
        sums[index] += entry[name]


def _due(
    change: pl.DataFrame,
    held: dict[tuple[str, str], list[int]],
    said: dict[tuple[str, str], list[int]],
) -> dict[tuple[str, str], list[int]]:
    """What every line should move; ``held`` has the lines of the change already."""
    due: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    after = change.filter("after").sort("unit")
    names, sizes = after["unit"].to_list(), after["area_dm2"].to_list()
    for gone in change.filter(pl.col("fate") == "closed")["unit"]:
        for part in ("owner", "seller"):
            for index in range(len(SUMS)):
                total = held[gone, part][index] - said[gone, part][index]
                due[gone, part][index] -= total
                for unit, amount in zip(names, shares(total, sizes), strict=True):
                    due[unit, part][index] += amount
    return due


def _after_closing(replay: Replay) -> Iterator[Problem]:
    """Entries of an account, and changes of its owner, after its unit was closed."""
    closed = (
        replay.unit_changes.filter(pl.col("fate") == "closed")
        .group_by("building", "unit")
        .agg(closed=pl.col("version").min())
    )
    place = ["building", "unit", "version", "position", "stream"]
    later = pl.concat([replay.entries.select(place), replay.owners.select(place)]).join(
        closed, on=["building", "unit"]
    )
    found = later.filter(pl.col("version") > pl.col("closed")).unique(place).sort("position", "unit")
    for row in rows(found):
        yield _about(row, f"户 {row['unit']} 销户之后又有记录", "account-closed")


def _about(row: Mapping[str, Any], what: str, kind: str = "change-wrong") -> Problem:
    return problem(
        kind,
        f"楼幢 {row['building']} 的房屋变更：{what}",
        position=row["position"],
        stream=row["stream"],
        key=[row["building"], *([row["unit"]] if row["unit"] else [])],
    )

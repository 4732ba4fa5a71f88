"""Whoever has only the Parquet files can tell what was sealed, and what every account held."""

import base64
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from exports.export import Asked
from exports.formats import FORMATS
from ledger.errors import InputError
from projections.accounts import accounts
from projections.postings import postings

FORM = FORMATS["parquet"]


def leaf(event: dict) -> bytes:
    """The leaf of an event, from what docs/seal.md says and nothing else."""
    content = b"\x01"
    for text in (
        str(event["position"]),
        event["stream"],
        str(event["version"]),
        event["topic"],
        str(event["schema"]),
        str(event["microseconds"]),
        event["data"],
    ):
        plain = text.encode()
        content += len(plain).to_bytes(8, "big") + plain
    return hashlib.sha256(b"\x00" + content).digest()


def root(leaves: list[bytes]) -> bytes:
    """The root of RFC 9162 §2.1, by its definition."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def read_events(folder: Path) -> pl.DataFrame:
    read = pl.concat([pl.read_parquet(path) for path in sorted((folder / "events").rglob("*.parquet"))])
    return read.with_columns(microseconds=pl.col("recorded_at").dt.timestamp("us")).sort("position")


def read_all(folder: Path) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in sorted(folder.rglob("*.parquet"))])


def test_leaves_and_root_are_recomputed_from_the_files_alone(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    computed = [leaf(event) for event in read_events(tmp_path / "out").iter_rows(named=True)]
    assert computed == pl.read_parquet(tmp_path / "out" / "leaves.parquet")["leaf"].to_list()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    _, size, said = manifest["checkpoint"].split("\n")[:3]
    assert int(size) == len(computed) == manifest["events"]
    assert root(computed) == base64.b64decode(said)


def test_a_changed_event_has_another_leaf(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    [path] = (tmp_path / "out" / "events" / "532301").glob("*.parquet")
    changed = pl.read_parquet(path).with_columns(
        data=pl.when(pl.int_range(pl.len()) == 5).then(pl.col("data") + " ").otherwise(pl.col("data"))
    )
    changed.write_parquet(path)
    found = read_events(tmp_path / "out")
    leaves = pl.read_parquet(tmp_path / "out" / "leaves.parquet").rows_by_key("position", unique=True)
    wrong = [
        event["position"]
        for event in found.iter_rows(named=True)
        if leaf(event) != leaves[event["position"]][1]
    ]
    assert wrong == [changed["position"][5]]
    problems = desk.check(tmp_path / "out", FORM).problems
    assert [(problem.kind, problem.line) for problem in problems] == [
        ("file-changed", None),
        ("export-different", None),
    ]


def test_one_county_as_known_earlier_is_a_part_of_the_same_tree(desk, tmp_path):
    position = desk.kept.feed.rows(0, 100)[-1].position
    desk.make(FORM, tmp_path / "out", Asked(position, "532301"))
    assert not (tmp_path / "out" / "events" / "shared").exists()
    found = read_events(tmp_path / "out")
    assert found["position"].max() <= position
    leaves = pl.read_parquet(tmp_path / "out" / "leaves.parquet")
    assert leaves.height == 120
    by_position = dict(leaves.select("position", "leaf").iter_rows())
    assert all(leaf(event) == by_position[event["position"]] for event in found.iter_rows(named=True))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert root(leaves["leaf"].to_list()) == base64.b64decode(manifest["checkpoint"].split("\n")[2])
    assert desk.check(tmp_path / "out", FORM).ok


def test_postings_are_those_of_the_ledger_and_come_to_the_balances(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    posted = read_all(tmp_path / "out" / "postings").sort("position", "line")
    columns = ("position", "line", "building", "unit", "part", "value_date", "principal_fen", "interest_fen")
    ours = desk.connection.execute(
        select(*(postings.c[name] for name in columns)).order_by(postings.c.position, postings.c.line)
    )
    assert posted.select(columns).rows() == [tuple(row) for row in ours]
    balances = read_all(tmp_path / "out" / "balances").sort("period")
    last = balances.group_by("building", "unit", "part", maintain_order=True).last()
    held = {row[:3]: row[3:] for row in last.select(*columns[2:5], *columns[6:]).iter_rows()}
    for row in desk.connection.execute(select(accounts)):
        told = held.get((row.building, row.unit, row.part), (0, 0))
        assert told == (row.principal_fen, row.interest_fen)


def test_months_choose_among_postings_and_balances_never_among_events(desk, tmp_path):
    desk.make(FORM, tmp_path / "all")
    desk.make(FORM, tmp_path / "some", Asked(desk.position, first="2014-02", last="2015-06"))
    for kind in ("postings", "balances"):
        there = {path.stem for path in (tmp_path / "some" / kind / "532301").iterdir()}
        assert min(there) >= "2014-02"
        assert max(there) <= "2015-06"
        for name in there:
            one, other = ((tmp_path / each / kind / "532301" / f"{name}.parquet") for each in ("all", "some"))
            assert one.read_bytes() == other.read_bytes()
    assert read_events(tmp_path / "all").equals(read_events(tmp_path / "some"))


def test_a_single_book_is_refused_and_nothing_is_left(desk, tmp_path):
    with pytest.raises(InputError, match="filter-unusable"):
        desk.make(FORM, tmp_path / "out", Asked(desk.position, "532301", "commodity"))
    assert list(tmp_path.glob("*out*")) == []

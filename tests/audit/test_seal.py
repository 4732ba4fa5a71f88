"""The seal: the bytes of a leaf, the tree of RFC 9162, and a model that goes on from the last head."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import errors
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from audit.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash
from audit.seal import Seal, SealBroken, content, heads, last_head, leaf_of, leaves
from ledger.store.feed import Row

# The eight leaves and roots that every implementation of RFC 6962 and RFC 9162 is tested with.
REFERENCE_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

EVENT = Row(
    position=7340033,
    stream="building/53230100101",
    version=3,
    topic="deposit-collected",
    schema=1,
    recorded_at=datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC),
    data='{"kind":"first","note":"业主"}',
)


def by_definition(hashes):
    """The Merkle tree hash as RFC 9162 §2.1.1 defines it: split at the largest power of two below n."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(by_definition(hashes[:half]), by_definition(hashes[half:]))


def grown(hashes):
    tree = Tree()
    tree.grow(hashes)
    return tree


def test_roots_are_those_of_the_reference_data():
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE_LEAVES]
    roots = [grown(hashes[:size]).root.hex() for size in range(1, 9)]
    assert roots == REFERENCE_ROOTS


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Tree().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_tree_that_stops_and_goes_on_is_the_tree_of_the_definition(runs):
    hashes = [leaf_hash(bytes([number])) for number in range(sum(runs))]
    size, peaks = 0, b""
    for run in runs:
        tree = Tree(size, peaks)
        tree.grow(hashes[size : size + run])
        size, peaks = tree.size, tree.peaks
    assert Tree(size, peaks).root == by_definition(hashes)


@pytest.mark.parametrize(("size", "peaks"), [(1, b""), (3, b"x" * 32), (0, b"x" * 32), (-1, b"")])
def test_peaks_that_do_not_belong_to_a_size_are_refused(size, peaks):
    with pytest.raises(ValueError, match="do not belong"):
        Tree(size, peaks)


def test_the_leaf_is_the_one_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "seal.md").read_text(encoding="utf-8")
    vectors = dict(
        re.findall(r"^\| `(content|leaf|root of one|root of two)` \| `([0-9a-f]+)` \|$", page, re.MULTILINE)
    )
    later = EVENT._replace(position=7340034, version=4)
    assert vectors == {
        "content": content(EVENT).hex(),
        "leaf": leaf_of(EVENT).hex(),
        "root of one": grown([leaf_of(EVENT)]).root.hex(),
        "root of two": grown([leaf_of(EVENT), leaf_of(later)]).root.hex(),
    }


def test_the_content_is_the_columns_with_their_lengths():
    texts = ["7340033", "building/53230100101", "3", "deposit-collected", "1", "1795395723000004", EVENT.data]
    built = b"\x01"
    for text in texts:
        built += len(text.encode()).to_bytes(8, "big") + text.encode()
    assert content(EVENT) == built


CHANGES = {
    "position": 7340034,
    "stream": "building/53230100102",
    "version": 4,
    "topic": "deposit-collecteD",
    "schema": 2,
    "recorded_at": datetime(2026, 11, 23, 1, 2, 3, 5, tzinfo=UTC),
    "data": '{"kind":"first","note":"业主"} ',
}


def test_every_stored_column_is_in_the_changes_below():
    assert set(CHANGES) == set(Row._fields)


@pytest.mark.parametrize("column", CHANGES)
def test_the_leaf_changes_with_every_column(column):
    assert leaf_of(EVENT._replace(**{column: CHANGES[column]})) != leaf_of(EVENT)


def test_text_cannot_move_from_one_column_to_the_next():
    moved = EVENT._replace(topic=EVENT.topic[:-1], data=EVENT.topic[-1] + EVENT.data)
    assert leaf_of(moved) != leaf_of(EVENT)


def test_the_same_moment_in_another_zone_is_the_same_leaf():
    shanghai = EVENT.recorded_at.astimezone(timezone(timedelta(hours=8)))
    assert leaf_of(EVENT._replace(recorded_at=shanghai)) == leaf_of(EVENT)


class Some:
    """A batch."""

    def __init__(self, rows):
        self.rows = rows


def numbered(count, start=1):
    return [EVENT._replace(position=start + number, version=start + number) for number in range(count)]


def seal(engine, rows):
    model = Seal()
    with engine.begin() as connection:
        model.write(connection, model.fold(Some(rows)))


def stored(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(table).order_by(table.c[0])).all()


def test_batches_of_any_size_make_one_tree(database):
    rows = numbered(100)
    for start, end in [(0, 1), (1, 4), (4, 4), (4, 37), (37, 100)]:
        seal(database.engine, rows[start:end])
    kept = [(row.index, row.position, bytes(row.leaf)) for row in stored(database.engine, leaves)]
    assert kept == [(index, row.position, leaf_of(row)) for index, row in enumerate(rows)]
    assert [(row.size, row.position, bytes(row.root)) for row in stored(database.engine, heads)] == [
        (size, size, by_definition([leaf_of(row) for row in rows[:size]])) for size in (1, 4, 37, 100)
    ]


def test_an_event_nobody_can_read_is_sealed_as_it_is(database):
    broken = EVENT._replace(topic="?", data="\x01 no json \\ \t")
    seal(database.engine, [broken])
    assert bytes(stored(database.engine, leaves)[0].leaf) == leaf_of(broken)


def test_what_does_not_come_after_the_last_head_is_refused_and_nothing_changes(database):
    seal(database.engine, numbered(3))
    before = stored(database.engine, heads)
    with pytest.raises(SealBroken):
        seal(database.engine, numbered(2, start=3))
    assert stored(database.engine, heads) == before
    assert len(stored(database.engine, leaves)) == 3


def test_of_two_that_seal_the_same_events_at_once_one_does(database):
    model = Seal()
    changes = model.fold(Some(numbered(3)))
    other = database.engine.connect()
    other.exec_driver_sql("set transaction isolation level repeatable read")
    assert last_head(other).size == 0
    seal(database.engine, numbered(3))
    with pytest.raises((DBAPIError, psycopg2.Error)):
        model.write(other, changes)
    other.invalidate()
    other.close()
    assert len(stored(database.engine, heads)) == 1
    assert len(stored(database.engine, leaves)) == 3


@pytest.mark.parametrize("who", ["url", "admin_url"])
def test_nobody_changes_the_seal(database, who):
    connection = psycopg2.connect(getattr(database, who).replace("+psycopg2", ""))
    try:
        for table in ("seal.leaves", "seal.heads"):
            for statement in ("update {} set position = 1", "delete from {}", "truncate {}"):
                with connection, connection.cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
                    cursor.execute(statement.format(table))
    finally:
        connection.close()

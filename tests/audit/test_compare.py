"""Read tables against the replay: every table has a pass, and every difference is named by table and key."""

from threading import Thread

import pytest
from sqlalchemy import inspect

from audit.compare import CHECKPOINTS, PASSES
from audit.replay import replay
from audit.verify import verify
from projections.rebuild import rebuild


def differences(kept):
    return [(found.kind, found.table, found.key) for found in kept.verify().problems]


def test_every_table_of_schema_read_has_a_pass(kept):
    assert {*PASSES, CHECKPOINTS} == set(inspect(kept.engine).get_table_names(schema="read"))


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_covers_every_column_and_the_primary_key(kept, written, rows, name):
    found = inspect(kept.engine)
    columns = {column["name"] for column in found.get_columns(name, schema="read")}
    check = PASSES[name]
    expected = check.expected(replay(written(rows)))
    assert set(expected.columns) == columns
    assert list(check.key) == found.get_pk_constraint(name, schema="read")["constrained_columns"]
    assert expected.height > 0


def test_a_table_without_a_pass_is_named(own):
    own.tamper("create table read.extra (id int); insert into read.extra values (1)")
    assert differences(own) == [("table-unchecked", "read.extra", None)]


def test_a_shadow_of_a_rebuild_is_no_read_table(own):
    own.tamper("create table read.postings__new (id int); insert into read.postings__new values (1)")
    assert differences(own) == []


class RebuiltMeanwhile:
    """A log; while it is read for the first time, the read tables are rebuilt."""

    def __init__(self, kept) -> None:
        self._feed = kept.feed
        self.rebuilding = Thread(target=rebuild, args=(kept.engine,))

    def horizon(self):
        return self._feed.horizon()

    def rows(self, after, limit):
        return self._feed.rows(after, limit)

    def scan(self, after=0, upto=None, batch=5000):
        self.rebuilding.start()
        self.rebuilding.join(timeout=3)
        return self._feed.scan(after, upto, batch)


def test_a_rebuild_while_the_tables_are_compared_is_no_difference(own):
    feed = RebuiltMeanwhile(own)

    assert verify(feed, own.engine).problems == ()

    feed.rebuilding.join(timeout=60)
    assert not feed.rebuilding.is_alive()
    assert differences(own) == []


def test_one_balance_changed_by_one_fen_is_named_with_both_amounts(kept):
    kept.tamper(
        "update read.accounts set principal_fen = principal_fen + 1 where building = 'B1' and unit = '102'"
    )
    (found,) = kept.verify().problems
    assert (found.kind, found.table, found.key) == ("row-changed", "read.accounts", "B1/102/owner")
    assert "principal_fen 应为 " in found.message


CHANGED = [
    ("read.buildings", "lift = not lift", "building = 'B2'", "B2"),
    ("read.buildings", "warranty_until = '2020-01-01'", "building = 'B2'", "B2"),
    ("read.accounts", "interest_fen = interest_fen - 1", "building = 'P1' and unit = '103'", "P1/103/owner"),
    ("read.accounts", "first_deposit_fen = 0", "building = 'B1' and unit = '101'", "B1/101/owner"),
    ("read.accounts", "owner_ref = null", "building = 'B3'", "B3/101/owner"),
    ("read.accounts", "area_dm2 = 1", "building = 'B3'", "B3/101/owner"),
]


@pytest.mark.parametrize(("table", "change", "where", "key"), CHANGED, ids=[case[1] for case in CHANGED])
def test_a_changed_row_is_named(kept, table, change, where, key):
    part = " and part = 'owner'" if table == "read.accounts" else ""
    kept.tamper(f"update {table} set {change} where {where}{part}")
    assert differences(kept) == [("row-changed", table, key)]


@pytest.mark.parametrize("table", ["read.postings", "read.book_entries"])
@pytest.mark.parametrize(
    "change", ["value_date = value_date + 1", "reversal = not reversal", "version = version + 1"]
)
def test_a_changed_posting_is_named(kept, table, change):
    name = table.removeprefix("read.")
    first = PASSES[name].expected(replay(kept.feed)).sort("position", "line").row(0, named=True)
    kept.tamper(
        f"update {table} set {change} where position = %s and line = %s", first["position"], first["line"]
    )
    assert differences(kept) == [("row-changed", table, f"{first['position']}/{first['line']}")]


@pytest.mark.parametrize("name", PASSES)
def test_a_missing_row_is_named(kept, name):
    check = PASSES[name]
    last = check.expected(replay(kept.feed)).sort(check.key).row(-1, named=True)
    where = " and ".join(f"{part} = %s" for part in check.key)
    kept.tamper(f"delete from read.{name} where {where}", *(last[part] for part in check.key))
    assert differences(kept) == [
        ("row-missing", f"read.{name}", "/".join(str(last[part]) for part in check.key))
    ]


def test_a_row_too_many_is_named(kept):
    kept.tamper(
        "insert into read.accounts select building, '999', part, county, estate, fund, usage, area_dm2,"
        " owner_ref, seller, realty_no, 5, 0, 0, position, false from read.accounts where building = 'B3'"
    )
    assert differences(kept) == [("row-extra", "read.accounts", "B3/999/owner")]


def test_a_row_that_is_there_twice_is_named(own):
    own.tamper(
        "alter table read.buildings drop constraint buildings_pkey; "
        "insert into read.buildings select * from read.buildings where building = 'B2'"
    )
    assert differences(own) == [("row-double", "read.buildings", "B2")]


def test_an_empty_text_is_not_the_same_as_none(kept):
    kept.tamper("update read.accounts set seller = '' where building = 'B3'")
    assert differences(kept) == [("row-changed", "read.accounts", "B3/101/owner")]


def test_a_table_that_stopped_earlier_is_compared_where_it_stopped(kept, rows):
    cut = rows[len(rows) // 2].position
    kept.tamper("delete from read.postings where position > %s", cut)
    kept.tamper("update read.checkpoints set position = %s where model = 'postings'", cut)
    assert differences(kept) == [("behind", "read.postings", None)]


def test_a_checkpoint_beyond_the_log_is_named(kept, rows):
    kept.tamper("update read.checkpoints set position = %s where model = 'buildings'", rows[-1].position + 1)
    assert differences(kept) == [("checkpoint-wrong", "read.checkpoints", "buildings")]

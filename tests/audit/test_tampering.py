"""A superuser with the triggers off rewrites things: each is caught and named by its place."""

import pytest

from audit.compare import PASSES
from audit.verify import verify
from ledger.store.feed import Row


def test_an_honest_log_is_all_right(kept, rows):
    answer = kept.verify()
    assert answer.problems == ()
    assert answer.ok
    assert answer.events == len(rows)


def named(kept, *kinds):
    """What verification says, of these kinds only: (kind, position, table, key)."""
    answer = kept.verify()
    assert not answer.ok
    return [
        (found.kind, found.position, found.table, found.key)
        for found in answer.problems
        if not kinds or found.kind in kinds
    ]


def middle(rows):
    """A deposit in the middle of the log, not the last event of its stream."""
    found = [row for row in rows if row.topic == "deposit-collected"]
    return found[len(found) // 2]


FLIPS = {
    "stream": "stream || '0'",
    "version": "version + 1000",
    "topic": "'interest-accrued'",
    "schema": "schema + 1",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "data": "overlay(data placing ' ' from length(data) for 0)",
}


def test_every_column_but_the_position_is_flipped():
    assert {*FLIPS, "position"} == set(Row._fields)


@pytest.mark.parametrize("column", FLIPS)
def test_a_changed_column_of_an_event_is_named(kept, rows, column):
    victim = middle(rows)
    kept.tamper(f"update log.events set {column} = {FLIPS[column]} where position = %s", victim.position)
    assert named(kept, "event-changed", "event-missing", "event-unsealed") == [
        ("event-changed", str(victim.position), None, None)
    ]


def test_an_event_moved_to_another_position_is_missed_at_the_old_one_and_strange_at_the_new(kept, rows):
    victim, last = middle(rows), rows[-1]
    kept.tamper(
        "update log.events set position = %s where position = %s",
        last.position - 1 + (1 << 19),
        victim.position,
    )
    found = named(kept, "event-changed", "event-missing", "event-unsealed", "behind")
    assert ("event-missing", str(victim.position), None, None) in found


def test_an_amount_changed_by_one_fen_is_named_in_the_log_and_in_the_balance(kept, rows):
    victim = middle(rows)
    kept.tamper(
        "update log.events set data = regexp_replace(data, '\"amount_fen\":(\\d+)', '\"amount_fen\":1')"
        " where position = %s",
        victim.position,
    )
    found = named(kept)
    assert ("event-changed", str(victim.position), None, None) in found
    assert ("row-changed", None, "read.postings", f"{victim.position}/0") in found
    building = victim.stream.removeprefix("building/")
    assert any(
        kind == "row-changed" and table == "read.accounts" and key.startswith(f"{building}/")
        for kind, _, table, key in found
    )


def test_the_newest_event_deleted_is_named(kept, rows):
    kept.tamper("delete from log.events where position = %s", rows[-1].position)
    assert ("event-missing", str(rows[-1].position), None, None) in named(kept)


def test_a_deleted_event_in_the_middle_is_named_and_so_is_the_gap(kept, rows):
    victim = middle(rows)
    following = next(row for row in rows if row.stream == victim.stream and row.version == victim.version + 1)
    kept.tamper("delete from log.events where position = %s", victim.position)
    found = named(kept, "event-missing", "version-gap")
    assert ("event-missing", str(victim.position), None, None) in found
    assert ("version-gap", str(following.position), None, None) in found


def test_an_event_put_in_between_is_named(kept, rows):
    victim = middle(rows)
    forged = victim.position + (1 << 19)
    kept.tamper(
        "insert into log.events select %s, stream, version + 500, topic, schema, recorded_at, data"
        " from log.events where position = %s",
        forged,
        victim.position,
    )
    found = named(kept, "event-unsealed", "event-changed", "event-missing")
    assert found == [("event-unsealed", str(forged), None, None)]


def test_two_events_swapped_are_both_named(kept, rows):
    one, other = rows[20], rows[40]
    kept.tamper("update log.events set position = 1 where position = %s", one.position)
    kept.tamper("update log.events set position = %s where position = %s", one.position, other.position)
    kept.tamper("update log.events set position = %s where position = 1", other.position)
    assert named(kept, "event-changed", "event-missing", "event-unsealed") == [
        ("event-changed", str(one.position), None, None),
        ("event-changed", str(other.position), None, None),
    ]


def test_an_event_changed_together_with_its_leaf_is_caught_by_the_head(kept, rows):
    victim = middle(rows)
    kept.tamper("update log.events set data = data || ' ' where position = %s", victim.position)
    kept.tamper(
        "update seal.leaves l set leaf = sha256(decode('0001', 'hex') || content) from ("
        " select string_agg(int8send(octet_length(bytes)) || bytes, '' order by number) as content"
        " from log.events e, unnest(array[e.position::text, e.stream, e.version::text, e.topic,"
        " e.schema::text, (extract(epoch from e.recorded_at) * 1000000)::bigint::text, e.data])"
        " with ordinality as pieces (piece, number), convert_to(piece, 'UTF8') as bytes"
        " where e.position = %s) made where l.position = %s",
        victim.position,
        victim.position,
    )
    found = named(kept, "event-changed", "head-wrong")
    assert [kind for kind, *_ in found] == ["head-wrong"]
    assert int(found[0][1]) >= victim.position


def test_a_changed_leaf_is_named_with_the_head_over_it(kept, rows):
    victim = rows[50]
    kept.tamper("update seal.leaves set leaf = sha256(leaf) where position = %s", victim.position)
    heads = named(kept, "head-wrong")
    assert named(kept, "event-changed") == [("event-changed", str(victim.position), None, None)]
    assert len(heads) == 1
    assert int(heads[0][1]) >= victim.position


def test_a_deleted_leaf_is_named(kept, rows):
    kept.tamper("delete from seal.leaves where index = 50")
    found = named(kept, "leaf-missing", "event-unsealed")
    assert found == [
        ("event-unsealed", str(rows[50].position), None, None),
        ("leaf-missing", None, "seal.leaves", "50"),
    ]


def test_a_dropped_last_head_is_named(kept, rows):
    kept.tamper("delete from seal.heads where size = (select max(size) from seal.heads)")
    first_without = rows[len(rows) // 40 * 40]
    assert ("head-missing", str(first_without.position), "seal.heads", None) in named(kept)


def test_a_dropped_head_in_between_is_harmless_to_the_proof_of_the_next(kept):
    kept.tamper("delete from seal.heads where size = 40")
    assert kept.verify().problems == ()


def test_the_newest_events_cut_off_with_their_leaves_and_head_are_named(kept, rows):
    first_cut = rows[len(rows) // 40 * 40].position
    for table in ("log.events", "seal.leaves", "seal.heads"):
        kept.tamper(f"delete from {table} where position >= %s", first_cut)
    found = named(kept)
    assert ("head-missing", str(rows[-1].position), "seal.heads", None) in found
    assert ("checkpoint-wrong", None, "read.checkpoints", "postings") in found


@pytest.mark.parametrize("column", ["root", "peaks"])
def test_a_changed_head_is_named(kept, rows, column):
    kept.tamper(f"update seal.heads set {column} = overlay({column} placing '\\x00' from 5) where size = 80")
    assert ("head-wrong", str(rows[79].position), "seal.heads", "80") in named(kept, "head-wrong")


def test_a_head_of_another_position_is_named(kept, rows):
    kept.tamper("update seal.heads set position = position + 1 where size = 80")
    assert named(kept) == [("head-wrong", str(rows[79].position + 1), "seal.heads", "80")]


def test_events_that_nobody_sealed_yet_are_behind(kept, rows):
    last = rows[-1]
    position = last.position + (1 << 20)
    kept.tamper(
        "insert into log.events select %s, 'refusal/x', 1, topic, schema, recorded_at, data from log.events"
        " where position = %s",
        position,
        last.position,
    )
    tables = [table for kind, _, table, _ in named(kept, "behind")]
    assert sorted(tables) == sorted(["seal.leaves", *(f"read.{name}" for name in PASSES)])


def test_what_came_after_the_caller_caught_up_is_not_asked_for(kept, rows):
    kept.tamper(
        "insert into log.events select %s, 'building/B1', 900, topic, schema, recorded_at, data"
        " from log.events where position = %s",
        rows[-1].position + (1 << 20),
        rows[0].position,
    )
    assert verify(kept.feed, kept.engine, rows[-1].position).ok

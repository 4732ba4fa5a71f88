"""What ``ledger.log.Log`` promises, kept by the log in PostgreSQL and by its twin in memory."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ledger.errors import IdempotencyConflict
from ledger.events import DepositCollected, DepositLine, ImportUndone
from ledger.log import Appended, Change, Claim, ClaimTaken, Imported, Request, VersionConflict
from ledger.store.feed import recorded

MOMENT = datetime(2026, 11, 23, 1, 2, 3, 456789, UTC)
A, B = "building/1", "building/2"


def deposit(amount_fen: int) -> DepositCollected:
    return DepositCollected(
        actor="张三",
        recorded_at=MOMENT,
        value_date=date(2019, 6, 30),
        origin="history",
        policy="1",
        kind="first",
        lines=(DepositLine(unit="101\t\\", amount_fen=amount_fen, receipt_no="00012"),),
    )


def request(key: str = "k1", content: bytes = b"one") -> Request:
    return Request(key, hashlib.sha256(content).digest())


def row(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()


def total(state: int, event: DepositCollected) -> int:
    return state + event.lines[0].amount_fen


def everything(feed) -> list[tuple[str, int, int]]:
    rows = [row for batch in feed.scan() for row in batch]
    return [(r.stream, r.version, r.event.lines[0].amount_fen) for r in recorded(rows)]


@pytest.fixture
def log(log_and_feed):
    return log_and_feed[0]


@pytest.fixture
def feed(log_and_feed):
    return log_and_feed[1]


def test_an_empty_log(log, feed):
    assert log.load([A], 0, total) == {A: (0, 0)}
    assert log.events(A) == []
    assert (feed.rows(0, 10), list(feed.scan()), feed.horizon()) == ([], [], 0)


def test_several_streams_change_together_in_the_order_given(log, feed):
    done = log.append([Change(A, 0, (deposit(1), deposit(2))), Change(B, 0, (deposit(3),))])
    assert done.events == (f"{A}@1", f"{A}@2", f"{B}@1")
    assert not done.repeated
    assert everything(feed) == [(A, 1, 1), (A, 2, 2), (B, 1, 3)]
    assert feed.horizon() == done.position
    assert log.load([A, B, "building/3"], 0, total) == {A: (2, 3), B: (1, 3), "building/3": (0, 0)}


def test_an_event_comes_back_as_it_was(log):
    log.append([Change(A, 0, (deposit(7),))])
    assert log.events(A) == [deposit(7)]


def test_later_appends_have_higher_positions(log, feed):
    first = log.append([Change(A, 0, (deposit(1),))])
    second = log.append([Change(A, 1, (deposit(2),)), Change(B, 0, (deposit(3),))])
    rows = feed.rows(0, 10)
    assert [r.position for r in rows] == sorted({r.position for r in rows})
    assert (rows[0].position, rows[-1].position) == (first.position, second.position)
    assert feed.rows(first.position, 1) == rows[1:2]
    assert feed.rows(second.position, 10) == []


def test_scan_is_cut_at_a_position_and_comes_in_batches(log, feed):
    places = [log.append([Change(A, n, (deposit(n + 1),))]).position for n in range(5)]
    found = list(feed.scan(after=places[0], upto=places[3], batch=2))
    assert [[r.version for r in batch] for batch in found] == [[2, 3], [4]]


def test_a_row_holds_every_stored_column(log, feed):
    done = log.append([Change(A, 0, (deposit(1),))])
    [stored] = feed.rows(0, 1)
    assert stored[:6] == (done.position, A, 1, "deposit-collected", 1, MOMENT)
    assert stored.data == (
        '{"actor":"张三","recorded_at":"2026-11-23T01:02:03.456789Z","value_date":"2019-06-30",'
        '"origin":"history","policy":"1","kind":"first",'
        '"lines":[{"unit":"101\\t\\\\","amount_fen":1,"receipt_no":"00012"}]}'
    )


@pytest.mark.parametrize("expected", [0, 2])
def test_a_stale_or_impossible_version_is_a_conflict(log, feed, expected):
    log.append([Change(A, 0, (deposit(1),))])
    with pytest.raises(VersionConflict):
        log.append([Change(B, 0, (deposit(2),)), Change(A, expected, (deposit(3),))])
    assert everything(feed) == [(A, 1, 1)]


def test_one_append_may_change_a_stream_twice(log, feed):
    log.append([Change(A, 0, (deposit(1),)), Change(B, 0, (deposit(2),)), Change(A, 1, (deposit(3),))])
    assert everything(feed) == [(A, 1, 1), (B, 1, 2), (A, 2, 3)]


def test_one_append_that_contradicts_itself_is_a_conflict(log, feed):
    with pytest.raises(VersionConflict):
        log.append([Change(A, 0, (deposit(1),)), Change(A, 0, (deposit(2),))])
    assert everything(feed) == []


def test_loading_again_sees_what_was_added(log):
    log.append([Change(A, 0, (deposit(1),))])
    assert log.load([A, B], 0, total) == {A: (1, 1), B: (0, 0)}
    log.append([Change(A, 1, (deposit(10),)), Change(B, 0, (deposit(5),))])
    assert log.load([A, B], 0, total) == {A: (2, 11), B: (1, 5)}
    assert log.load([A], 0, total) == {A: (2, 11)}


def test_a_repeated_request_is_answered_and_adds_nothing(log, feed):
    done = log.append([Change(A, 0, (deposit(1),))], request=request())
    again = log.append([Change(A, 1, (deposit(1),))], request=request())
    assert again == Appended(done.position, (f"{A}@1",), repeated=True) == log.repeated(request())
    assert log.append([Change(A, 0, (deposit(1),))], request=request()) == again
    assert everything(feed) == [(A, 1, 1)]


def test_the_same_key_with_another_request_is_refused(log, feed):
    log.append([Change(A, 0, (deposit(1),))], request=request())
    with pytest.raises(IdempotencyConflict):
        log.append([Change(A, 1, (deposit(2),))], request=request(content=b"two"))
    with pytest.raises(IdempotencyConflict):
        log.repeated(request(content=b"two"))
    assert everything(feed) == [(A, 1, 1)]


def test_a_request_not_seen_before(log):
    assert log.repeated(request()) is None


def test_a_failed_append_does_not_use_up_its_key_claims_or_rows(log):
    log.append([Change(A, 0, (deposit(1),))])
    claim = Claim("receipt/532301", "00012", strict=True)
    with pytest.raises(VersionConflict):
        log.append(
            [Change(A, 0, (deposit(1),))], request=request(), claims=[claim], rows=[row("x")], import_id="i"
        )
    assert log.repeated(request()) is None
    assert log.taken([claim]) == set()
    assert log.known_rows([row("x")]) == set()


def test_a_strict_claim_can_be_taken_once(log, feed):
    first, second = (Claim("receipt/532301", number, strict=True) for number in ("00012", "00013"))
    log.append([Change(A, 0, (deposit(1),))], claims=[first])
    with pytest.raises(ClaimTaken) as refused:
        log.append([Change(B, 0, (deposit(2),))], claims=[second, first])
    assert refused.value.claims == (first,)
    assert log.taken([first, second]) == {first}
    assert everything(feed) == [(A, 1, 1)]


def test_a_strict_claim_cannot_be_made_twice_at_once(log, feed):
    claim = Claim("receipt/532301", "00012", strict=True)
    with pytest.raises(ClaimTaken):
        log.append([Change(A, 0, (deposit(1),))], claims=[claim, claim])
    assert everything(feed) == []


def test_history_only_notes_a_claim(log, feed):
    strict = Claim("receipt/532301", "00012", strict=True)
    noted = replace(strict, strict=False)
    log.append([Change(A, 0, (deposit(1),))], claims=[noted, noted])
    log.append([Change(A, 1, (deposit(2),))], claims=[noted])
    with pytest.raises(ClaimTaken):
        log.append([Change(A, 2, (deposit(3),))], claims=[strict])
    assert log.taken([noted, replace(noted, name="other")]) == {noted}
    assert everything(feed) == [(A, 1, 1), (A, 2, 2)]


def test_the_same_name_may_be_noted_and_claimed_in_one_append(log):
    strict = Claim("receipt/532301", "00012", strict=True)
    log.append([Change(A, 0, (deposit(1),))], claims=[replace(strict, strict=False), strict])
    assert log.taken([strict]) == {strict}


def test_register_rows_are_remembered(log, feed):
    log.append([Change(A, 0, (deposit(1),))], rows=[row("x"), row("y")], import_id="import-1")
    assert log.known_rows([row("x"), row("z")]) == {row("x")}
    with pytest.raises(VersionConflict):
        log.append([Change(B, 0, (deposit(1),))], rows=[row("y")], import_id="import-2")
    assert everything(feed) == [(A, 1, 1)]


def test_rows_need_an_import(log, feed):
    with pytest.raises(ValueError, match="import"):
        log.append([Change(A, 0, (deposit(1),))], rows=[row("x")])
    assert everything(feed) == []


def test_an_append_without_events_keeps_its_key_and_rows(log):
    done = log.append([], request=request(), rows=[row("x")], import_id="i")
    assert done == Appended(0, ())
    assert log.append([], request=request()) == replace(done, repeated=True)
    assert log.known_rows([row("x")]) == {row("x")}


def test_nothing_at_all(log):
    assert log.append([]) == Appended(0, ())


def test_an_empty_change_still_checks_its_version(log):
    log.append([Change(A, 0, (deposit(1),))])
    assert log.append([Change(A, 1, ())]) == Appended(0, ())
    with pytest.raises(VersionConflict):
        log.append([Change(A, 2, ())])


def test_a_moment_that_is_not_utc_is_refused(log, feed):
    naive = MOMENT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="UTC"):
        log.append([Change(A, 0, (DepositCollected(**{**as_dict(deposit(1)), "recorded_at": naive}),))])
    assert everything(feed) == []


def as_dict(event: DepositCollected) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


@pytest.mark.parametrize("count", [255, 256, 3000])
def test_a_large_append_follows_the_same_rules(log, feed, count):
    """From 256 events COPY takes over."""
    log.append([Change(A, 0, (deposit(1),))])
    changes = [Change(A, 1, (deposit(2),))]
    changes += [Change(f"building/x{n}", 0, (deposit(n),)) for n in range(count - 1)]
    claims = [Claim("receipt", f"{n}\t", strict=n % 2 == 0) for n in range(count)]
    rows = [row(str(n)) for n in range(count)]
    done = log.append(changes, request=request(), claims=claims, rows=rows, import_id="i")
    found = everything(feed)
    assert len(found) == count + 1
    assert found[1:3] == [(A, 2, 2), ("building/x0", 1, 0)]
    assert feed.horizon() == done.position
    assert log.taken(claims) == set(claims)
    assert log.known_rows(rows) == set(rows)

    assert log.append(changes, request=request(), rows=rows, import_id="i") == replace(done, repeated=True)
    with pytest.raises(VersionConflict):
        log.append(changes)
    with pytest.raises(VersionConflict):
        log.append([Change(A, 5, tuple(deposit(n) for n in range(count)))])
    with pytest.raises(VersionConflict):
        log.append([Change(B, 0, tuple(deposit(n) for n in range(count)))], rows=rows[-1:], import_id="j")
    with pytest.raises(ClaimTaken) as refused:
        log.append([Change(B, 0, tuple(deposit(n) for n in range(count)))], claims=claims[:1])
    assert refused.value.claims == (claims[0],)
    assert everything(feed) == found


def made_by(import_id: str, amount_fen: int) -> DepositCollected:
    return DepositCollected(**as_dict(deposit(amount_fen)) | {"import_id": import_id})


def undone(import_id: str) -> Change:
    """The import is undone: what stands for it is one event in a stream of its own."""
    shared = {name: value for name, value in as_dict(deposit(1)).items() if name not in ("kind", "lines")}
    return Change(f"import/{import_id}", 0, (ImportUndone(**shared, undone=import_id, events=1),))


def test_the_events_of_an_import_are_found_by_its_id(log):
    log.append([Change(A, 0, (deposit(1),))])
    changes = [Change(A, 1, (made_by("i", 2),)), Change(B, 0, (made_by("i", 3), made_by("i", 4)))]
    log.append(changes, rows=[row("x")], import_id="i")
    log.append([Change(A, 2, (made_by("j", 5),))], rows=[row("y")], import_id="j")
    log.append([], rows=[row("z")], import_id="k")
    assert log.imported("i") == [
        Imported(A, 2, made_by("i", 2)),
        Imported(B, 1, made_by("i", 3)),
        Imported(B, 2, made_by("i", 4)),
    ]
    assert log.imported("j") == [Imported(A, 3, made_by("j", 5))]
    assert log.imported("k") == []
    assert log.imported("l") is None


def test_an_import_is_one_append(log, feed):
    log.append([Change(A, 0, (made_by("i", 1),))], rows=[row("x")], import_id="i")
    with pytest.raises(VersionConflict):
        log.append([Change(A, 1, (made_by("i", 2),))], rows=[row("y")], import_id="i")
    assert everything(feed) == [(A, 1, 1)]
    assert log.known_rows([row("y")]) == set()


@pytest.mark.parametrize("count", [1, 300])
def test_rows_and_claims_of_an_undone_import_may_be_taken_again_once_at_a_time(log, count):
    """From 256 events, rows and claims together COPY takes over."""
    rows = [row(str(n)) for n in range(count)]
    strict = [Claim("receipt/532301", str(n), strict=True) for n in range(count)]
    noted = [Claim("receipt/532302", str(n), strict=False) for n in range(count)]
    also_strict = [replace(claim, strict=True) for claim in noted]
    for turn, name in enumerate(("first", "second", "third")):
        log.append(
            [Change(A, turn, (made_by(name, 1),))], claims=[*strict, *noted], rows=rows, import_id=name
        )
        assert log.known_rows(rows) == set(rows)
        assert log.taken([*strict, *also_strict]) == {*strict, *also_strict}
        with pytest.raises(VersionConflict):
            log.append([], rows=rows[-1:], import_id=f"while {name} stands")
        for claims in (strict, also_strict):
            with pytest.raises(ClaimTaken):
                log.append([Change(B, 0, (deposit(1),))], claims=claims)
        log.append([undone(name)])
        assert log.known_rows(rows) == set()
        assert log.taken([*strict, *also_strict]) == set()
    log.append([Change(B, 0, (deposit(1),))], claims=[*strict, *also_strict])
    assert log.taken([*strict, *also_strict]) == {*strict, *also_strict}


def test_a_claim_that_no_import_made_stands_whatever_is_undone(log):
    claim = Claim("receipt/532301", "00012", strict=True)
    log.append([Change(A, 0, (deposit(1),))], claims=[claim])
    log.append([Change(A, 1, (made_by("i", 1),))], rows=[row("x")], import_id="i")
    log.append([undone("i")])
    assert log.taken([claim]) == {claim}


def test_an_import_is_undone_once(log):
    log.append([Change(A, 0, (made_by("i", 1),))], rows=[row("x")], import_id="i")
    log.append([undone("i")])
    with pytest.raises(VersionConflict):
        log.append([undone("i")])

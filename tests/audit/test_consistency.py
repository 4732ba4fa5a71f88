"""What the events say of each other: honest histories contradict nothing, and a wrong fen is named."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import polars as pl
import pytest
from msgspec.structs import replace

from audit.problems import PENDING
from audit.replay import replay
from audit.verify import consistency
from ledger.events import (
    BalanceOpened,
    BankAccountClosed,
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    GainsDistributed,
    IncomeCredited,
    InterestAccrued,
    OwnerChanged,
    PeriodClosed,
    PublicationIssued,
    PublishedTotals,
    ReconcilingItem,
    ReversalLine,
    StatementReconciled,
    StatementReversed,
    UnitsRegistered,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.store.codec import decode, encode


def problems(feed):
    return [(found.kind, found.position, found.key) for found in consistency(replay(feed))]


def kinds(feed):
    return [kind for kind, _, _ in problems(feed)]


def find(rows, kind, nth=0, where=lambda event: True):
    """Index and event of the nth stored event of a kind."""
    found = [
        (index, event)
        for index, row in enumerate(rows)
        if isinstance(event := decode(row.topic, row.schema, row.data), kind) and where(event)
    ]
    return found[nth]


def rewritten(rows, index, event):
    return [*rows[:index], rows[index]._replace(data=encode(event)), *rows[index + 1 :]]


@pytest.mark.parametrize("seed", range(6))
def test_a_history_made_by_the_application_contradicts_nothing(busy, seed):
    found = replay(busy(seed).log)
    assert list(consistency(found)) == []
    assert found.distributions.height >= 2
    assert found.entries.filter("reversal").height >= 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_long_histories_made_by_the_application_contradict_nothing(busy, seed):
    assert list(consistency(replay(busy(seed, 200).log))) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_columns_sum_to_what_a_plain_ledger_of_the_same_events_holds(busy, seed):
    log = busy(seed).log
    plain = defaultdict(lambda: [0, 0])
    for row in log.rows(0, 10**6):
        event = decode(row.topic, row.schema, row.data)
        building = row.stream.removeprefix("building/")
        for line in getattr(event, "lines", ()):
            match event:
                case DepositCollected() | IncomeCredited():
                    plain[building, line.unit, line.part][0] += line.amount_fen
                case InterestAccrued():
                    plain[building, line.unit, line.part][1] += line.interest_fen
                case WithdrawalPaid() | DepositRefunded() | BuildingDestroyed() | CustodyTransferredOut():
                    plain[building, line.unit, line.part][0] -= line.principal_fen
                    plain[building, line.unit, line.part][1] -= line.interest_fen
                case BalanceOpened() | EntryReversed() | WithdrawalReturned() | CustodyTransferredIn():
                    plain[building, line.unit, line.part][0] += line.principal_fen
                    plain[building, line.unit, line.part][1] += line.interest_fen
    sums = (
        replay(log)
        .entries.group_by("building", "unit", "part")
        .agg(pl.col("principal_fen", "interest_fen").sum())
    )
    assert {row[:3]: list(row[3:]) for row in sums.rows()} == dict(plain)


def test_a_replay_can_stop_at_any_position(rows, written):
    cut = rows[len(rows) // 2].position
    early = replay(written(rows), cut)
    assert early.position == cut
    assert early.events == len(rows) // 2 + 1
    whole = replay(written(rows))
    assert early.entries.equals(whole.entries.filter(pl.col("position") <= cut))


def test_interest_moved_from_one_account_to_another_is_named_on_both(rows, written):
    index, accrual = find(rows, InterestAccrued, where=lambda event: len(event.lines) > 1)
    first, second, *rest = accrual.lines
    moved = (
        replace(first, interest_fen=first.interest_fen + 1),
        replace(second, interest_fen=second.interest_fen - 1),
        *rest,
    )
    wrong = problems(written(rewritten(rows, index, replace(accrual, lines=moved))))
    building = rows[index].stream.removeprefix("building/")
    at = str(rows[index].position)
    assert wrong[:2] == [
        ("share-wrong", at, f"{building}/{first.unit}/owner"),
        ("share-wrong", at, f"{building}/{second.unit}/owner"),
    ]


def test_a_share_of_one_fen_too_much_is_named(rows, written):
    index, run = find(rows, GainsDistributed)
    first, *rest = run.shares
    more = replace(run, shares=(replace(first, share_fen=first.share_fen + 1), *rest))
    assert ("share-wrong", str(rows[index].position), first.building) in problems(
        written(rewritten(rows, index, more))
    )


def test_a_weight_of_one_too_much_is_named(rows, written):
    index, run = find(rows, GainsDistributed)
    *rest, last = run.shares
    more = replace(run, shares=(*rest, replace(last, weight=last.weight + 1)))
    assert problems(written(rewritten(rows, index, more))) == [
        ("weight-wrong", str(rows[index].position), last.building)
    ]


def test_a_pool_that_is_not_the_gains_received_is_named(rows, written):
    index, run = find(rows, GainsDistributed)
    more = replace(run, pool_fen=run.pool_fen + 100)
    assert ("pool-wrong", str(rows[index].position), None) in problems(written(rewritten(rows, index, more)))


def test_a_building_left_out_of_a_distribution_is_named(rows, written):
    index, run = find(rows, GainsDistributed, where=lambda event: len(event.shares) > 1)
    less = replace(run, shares=run.shares[1:])
    assert ("building-left-out", str(rows[index].position), run.shares[0].building) in problems(
        written(rewritten(rows, index, less))
    )


def test_a_boundary_that_skips_a_day_is_named(rows, written):
    index, run = find(rows, GainsDistributed)
    later = replace(run, boundary=date(2030, 1, 1))
    assert "boundary-wrong" in kinds(written(rewritten(rows, index, later)))


def test_an_accrual_that_settles_another_version_is_named(rows, written):
    index, accrual = find(rows, InterestAccrued)
    other = replace(accrual, settles=accrual.settles + 1)
    assert problems(written(rewritten(rows, index, other))) == [
        ("accrual-wrong", str(rows[index].position), None)
    ]


def test_an_accrual_of_no_distribution_is_named(rows, written):
    index, accrual = find(rows, InterestAccrued)
    other = replace(accrual, distribution="book/532301/commodity@99")
    assert ("accrual-unknown", str(rows[index].position), None) in problems(
        written(rewritten(rows, index, other))
    )


def test_a_torn_distribution_is_pending_and_not_wrong(office, written):
    made = office(1)
    made.open("B1", 2)
    made.open("B2", 2)
    made.deposit("B1", ["101"])
    made.gain()
    made.distribute(date(2020, 1, 1))
    rows = made.log.rows(0, 10**6)
    index, _ = find(rows, GainsDistributed)
    assert problems(written(rows)) == []
    torn = problems(written(rows[: index + 1]))
    assert torn == [("distribution-unfinished", str(rows[index].position), "532301/commodity")]
    assert {kind for kind, _, _ in torn} <= PENDING


def test_a_distribution_that_a_later_one_left_unfinished_is_wrong(office, written):
    made = office(1)
    made.open("B1", 2)
    made.deposit("B1", ["101"])
    made.gain()
    made.distribute(date(2020, 1, 1))
    made.gain()
    made.distribute(date(2021, 1, 1))
    rows = made.log.rows(0, 10**6)
    index, _ = find(rows, InterestAccrued)
    assert "accrual-missing" in kinds(written([*rows[:index], *rows[index + 1 :]]))


def test_a_fen_moved_between_two_units_of_a_repair_is_named_on_both(rows, written):
    index, paid = find(rows, WithdrawalPaid, where=lambda event: len(event.lines) > 1)
    first, second, *rest = paid.lines
    moved = (
        replace(first, principal_fen=first.principal_fen + 1),
        replace(second, principal_fen=second.principal_fen - 1),
        *rest,
    )
    wrong = [
        key
        for kind, _, key in problems(written(rewritten(rows, index, replace(paid, lines=moved))))
        if kind == "withdrawal-wrong"
    ]
    building = rows[index].stream.removeprefix("building/")
    assert wrong == [f"{building}/{first.unit}/owner", f"{building}/{second.unit}/owner"]


def test_a_withdrawal_without_payment_is_named(rows, written):
    index, paid = find(rows, WithdrawalPaid)
    other = replace(paid, payment="repair/532301/R0@99")
    assert ("payment-unknown", str(rows[index].position), None) in problems(
        written(rewritten(rows, index, other))
    )


def test_a_fen_moved_between_two_units_of_an_income_is_named_on_both(rows, written):
    index, credited = find(rows, IncomeCredited, where=lambda event: len(event.lines) > 1)
    first, second, *rest = credited.lines
    moved = (
        replace(first, amount_fen=first.amount_fen + 1),
        replace(second, amount_fen=second.amount_fen - 1),
        *rest,
    )
    building = rows[index].stream.removeprefix("building/")
    at = str(rows[index].position)
    assert [
        found
        for found in problems(written(rewritten(rows, index, replace(credited, lines=moved))))
        if found[0] == "income-wrong"
    ] == [
        ("income-wrong", at, f"{building}/{first.unit}/owner"),
        ("income-wrong", at, f"{building}/{second.unit}/owner"),
    ]


@pytest.mark.parametrize("change", [{"unit": None}, {"unit": "102"}], ids=["shared", "another"])
def test_an_income_of_one_unit_that_another_got_is_named(office, written, change):
    made = office(1)
    made.open("B1", 3)
    made.credit("B1", "101")
    rows = made.log.rows(0, 10**6)
    assert problems(written(rows)) == []
    index, credited = find(rows, IncomeCredited)
    assert "income-wrong" in kinds(written(rewritten(rows, index, replace(credited, **change))))


@pytest.mark.parametrize("amount", [-5, 0])
def test_an_income_of_nothing_or_less_is_named(office, written, amount):
    made = office(1)
    made.open("B1", 1)
    made.credit("B1", "101")
    rows = made.log.rows(0, 10**6)
    index, credited = find(rows, IncomeCredited)
    less = replace(credited, lines=(replace(credited.lines[0], amount_fen=amount),))
    assert problems(written(rewritten(rows, index, less))) == [
        ("income-wrong", str(rows[index].position), "B1/101/owner")
    ]


def test_an_account_opened_again_is_named_unless_the_first_was_reversed_before(office, written):
    made = office(1)
    made.open("B1", 2)
    made.take_over("B1", ["101", "102"])
    made.take_over("B1", ["101"])
    rows = made.log.rows(0, 10**6)
    index, opened = find(rows, BalanceOpened)
    assert problems(written(rows)) == []
    last = rows[-1]
    again = last._replace(
        position=last.position + 1,
        stream=rows[index].stream,
        version=rows[index].version + 1,
        topic=rows[index].topic,
        data=encode(replace(opened, lines=opened.lines[:1])),
    )
    wrong = ("opening-double", str(again.position), "B1/101/owner")
    assert problems(written([*rows, again])) == [wrong]
    back = EntryReversed(
        **{
            name: getattr(opened, name) for name in ("actor", "recorded_at", "value_date", "origin", "policy")
        },
        version=rows[index].version,
        reason="误录",
        lines=(
            ReversalLine(
                line=0,
                unit="101",
                kind="opening",
                principal_fen=-opened.lines[0].principal_fen,
                interest_fen=-opened.lines[0].interest_fen,
            ),
        ),
    )
    reversal = again._replace(topic=back.TOPIC, data=encode(back))
    later = again._replace(position=again.position + 1, version=again.version + 1)
    assert problems(written([*rows, reversal, later])) == []
    too_late = reversal._replace(position=later.position, version=later.version)
    assert problems(written([*rows, again, too_late])) == [wrong]


@pytest.mark.parametrize(
    "amounts",
    [{"principal_fen": 0, "interest_fen": 0}, {"principal_fen": -1, "interest_fen": 9}, {"interest_fen": -1}],
)
def test_an_opening_balance_below_zero_or_of_nothing_is_named(office, written, amounts):
    made = office(1)
    made.open("B1", 1)
    made.take_over("B1", ["101"])
    rows = made.log.rows(0, 10**6)
    index, opened = find(rows, BalanceOpened)
    wrong = replace(opened, lines=(replace(opened.lines[0], **amounts),))
    assert problems(written(rewritten(rows, index, wrong))) == [
        ("opening-wrong", str(rows[index].position), "B1/101/owner")
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"principal_fen": -1},
        {"line": 77},
        {"unit": "999"},
        {"kind": "withdrawal"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_reversal_that_is_not_the_opposite_of_its_line_is_named(rows, written, change):
    index, back = find(rows, EntryReversed)
    other = replace(back, lines=(replace(back.lines[0], **change), *back.lines[1:]))
    assert ("reversal-wrong", str(rows[index].position), None) in problems(
        written(rewritten(rows, index, other))
    )


def test_a_line_reversed_twice_is_named(rows, written):
    index, back = find(rows, EntryReversed)
    twice = replace(back, lines=(back.lines[0], back.lines[0]))
    assert ("reversal-wrong", str(rows[index].position), None) in problems(
        written(rewritten(rows, index, twice))
    )


@pytest.mark.parametrize("change", [{"amount_fen": 10}, {"line": 77}], ids=lambda change: next(iter(change)))
def test_a_line_of_a_statement_that_is_taken_back_wrongly_or_twice_is_named(office, written, change):
    made = office(1)
    made.statement()
    made.reverse()
    rows = made.log.rows(0, 10**6)
    index, back = find(rows, StatementReversed)
    assert problems(written(rows)) == []
    wrong = [("reversal-wrong", str(rows[index].position), None)]
    other = replace(back, lines=(replace(back.lines[0], **change),))
    assert problems(written(rewritten(rows, index, other))) == wrong
    twice = replace(back, lines=(back.lines[0], back.lines[0]))
    assert problems(written(rewritten(rows, index, twice))) == wrong


def named(refund):
    return refund.lines[0].deposit is not None


@pytest.mark.parametrize(
    "change",
    [
        {"deposit": "building/B1@99"},
        {"deposit_line": 77},
        {"deposited_on": date(2001, 1, 1)},
        {"deposit_kind": None},
        {"unit": "999"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_refund_that_does_not_fit_the_deposit_it_names_is_named(rows, written, change):
    index, given = find(rows, DepositRefunded, where=named)
    other = replace(given, lines=(replace(given.lines[0], **change),))
    found = problems(written(rewritten(rows, index, other)))
    building = rows[index].stream.removeprefix("building/")
    unit = change.get("unit", given.lines[0].unit)
    assert ("refund-wrong", str(rows[index].position), f"{building}/{unit}/{given.lines[0].part}") in found


def test_a_refund_of_a_deposit_reversed_before_is_named(rows, written):
    index, given = find(rows, DepositRefunded, where=named)
    stream, _, version = given.lines[0].deposit.rpartition("@")
    deposit = next(row for row in rows if (row.stream, row.version) == (stream, int(version)))
    line = decode(deposit.topic, deposit.schema, deposit.data).lines[given.lines[0].deposit_line]
    back = ReversalLine(
        line=given.lines[0].deposit_line, unit=line.unit, part=line.part, kind="deposit",
        principal_fen=-line.amount_fen,
    )  # fmt: skip
    gone = EntryReversed(
        version=int(version), reason="录错", lines=(back,), actor="a", origin="history", policy="p",
        recorded_at=datetime(2026, 11, 23, tzinfo=UTC), value_date=date(2012, 1, 1),
    )  # fmt: skip
    at, instead = next(
        (number, row)
        for number, row in enumerate(rows)
        if row.stream == stream and int(version) < row.version < rows[index].version
    )
    swapped = instead._replace(topic=gone.TOPIC, data=encode(gone))
    found = problems(written([*rows[:at], swapped, *rows[at + 1 :]]))
    assert ("refund-wrong", str(rows[index].position)) in [(kind, position) for kind, position, _ in found]


@pytest.mark.parametrize("part", ["principal_fen", "interest_fen"])
def test_a_proof_of_one_fen_too_much_is_named(rows, written, part):
    index, changed = find(rows, OwnerChanged)
    more = replace(changed, **{part: getattr(changed, part) + 1})
    building = rows[index].stream.removeprefix("building/")
    assert problems(written(rewritten(rows, index, more))) == [
        ("balance-unproved", str(rows[index].position), f"{building}/{changed.unit}")
    ]


def test_a_change_of_owner_of_an_unknown_unit_is_named(rows, written):
    index, changed = find(rows, OwnerChanged)
    building = rows[index].stream.removeprefix("building/")
    other = replace(changed, unit="没有", principal_fen=0, interest_fen=0)
    assert problems(written(rewritten(rows, index, other))) == [
        ("owner-unknown", str(rows[index].position), f"{building}/没有")
    ]


def test_an_entry_of_a_unit_that_was_never_registered_is_named(rows, written):
    index, deposit = find(rows, DepositCollected)
    other = replace(deposit, lines=(replace(deposit.lines[0], unit="没有"), *deposit.lines[1:]))
    found = problems(written(rewritten(rows, index, other)))
    building = rows[index].stream.removeprefix("building/")
    assert ("account-unknown", str(rows[index].position), f"{building}/没有/owner") in found


def test_a_unit_registered_twice_is_named(rows, written):
    index, opened = find(rows, UnitsRegistered)
    twice = replace(opened, lines=(*opened.lines, opened.lines[0]))
    building = rows[index].stream.removeprefix("building/")
    assert ("unit-double", str(rows[index].position), f"{building}/101") in problems(
        written(rewritten(rows, index, twice))
    )


def test_a_version_that_is_missing_or_out_of_turn_is_named_where_the_stream_goes_on(rows, written):
    _, _, third, *_ = [row for row in rows if row.stream == "building/B1"]
    fourth = [row for row in rows if row.stream == "building/B1"][3]
    without = [row for row in rows if row is not third]
    assert ("version-gap", str(fourth.position), None) in problems(written(without))


BROKEN = {
    "not json": {"data": "{"},
    "unknown topic": {"topic": "deposit-imagined"},
    "newer schema": {"schema": 9},
    "another stream": {"stream": "book/532301/commodity"},
    "no stream": {"stream": "building"},
    "strange book": {"topic": "buildings-entered", "stream": "book/532301/gold"},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_an_event_that_cannot_be_taken_in_is_named_and_stops_nothing(rows, written, change):
    index, _ = find(rows, DepositCollected, 2)
    row = rows[index]
    found = replay(written([*rows[:index], row._replace(**change), *rows[index + 1 :]]))
    assert [problem.position for problem in found.unreadable] == [row.position]
    assert found.events == len(rows)
    assert found.position == rows[-1].position


@pytest.mark.parametrize("amount", [10**14, -(10**14), 2**63, 10**30])
def test_an_amount_beyond_all_bounds_is_named_and_stops_nothing(rows, written, amount):
    index, deposit = find(rows, DepositCollected)
    huge = replace(deposit, lines=(replace(deposit.lines[0], amount_fen=amount),))
    found = replay(written(rewritten(rows, index, huge)))
    assert [problem.position for problem in found.unreadable] == [rows[index].position]


def test_a_moment_without_zone_is_named(rows, written):
    index, deposit = find(rows, DepositCollected)
    row = rows[index]
    assert deposit.recorded_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    bare = row._replace(data=row.data.replace("T01:00:00Z", "T01:00:00"))
    found = replay(written([*rows[:index], bare, *rows[index + 1 :]]))
    assert [problem.position for problem in found.unreadable] == [row.position]


def test_every_kind_of_event_is_counted_in_the_log_frame(rows, written):
    assert dict(replay(written(rows)).log["topic"].value_counts().rows()) == dict(
        Counter(row.topic for row in rows)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"ends": date(2015, 7, 31)},
        {"period": "2015-07"},
        {"kind": "year"},
        {"period": "2015"},
        {"period": "2015-6"},
        {"recorded_at": datetime(2015, 6, 30, 15, 59, tzinfo=UTC)},
    ],
    ids=str,
)
def test_a_closing_of_another_period_than_it_says_or_too_early_is_named(rows, written, change):
    index, closing = find(rows, PeriodClosed)
    assert kinds(written(rewritten(rows, index, replace(closing, **change)))) == ["closing-wrong"]


@pytest.mark.parametrize("change", [{"account": "another"}, {"value_date": date(2011, 12, 31)}], ids=str)
def test_a_closing_of_no_designated_account_is_named(rows, written, change):
    index, closing = find(rows, BankAccountClosed)
    assert kinds(written(rewritten(rows, index, replace(closing, **change)))) == ["account-wrong"]


@pytest.mark.parametrize(
    "change",
    [
        {"ledger_balance_fen": 77_777},
        {"bank_balance_fen": 77_777},
        {"difference_fen": 77_777},
        {"bank_items": (ReconcilingItem(event="bank/6220@1", line=0, amount_fen=1),)},
        {"buildings": ()},
        {"account": "622"},
    ],
    ids=str,
)
def test_a_reconciliation_that_does_not_follow_is_named(rows, written, change):
    index, made = find(rows, StatementReconciled)
    assert kinds(written(rewritten(rows, index, replace(made, **change)))) == ["reconciliation-wrong"]


@pytest.mark.parametrize(
    "change",
    [{"accounts": 1}, {"sha256": "0" * 64}, {"totals": PublishedTotals(closing_fen=1)}, {"buildings": ()}],
    ids=str,
)
def test_a_publication_that_does_not_follow_is_named(rows, written, change):
    index, made = find(rows, PublicationIssued)
    assert kinds(written(rewritten(rows, index, replace(made, **change)))) == ["publication-wrong"]


def test_an_entry_read_by_a_publication_and_changed_later_is_named_with_it(rows, written):
    published = find(rows, PublicationIssued)[0]
    index, deposit = find(
        rows[:published], DepositCollected, where=lambda event: event.value_date.year < 2015
    )
    line = replace(deposit.lines[0], amount_fen=deposit.lines[0].amount_fen + 1)
    changed = rewritten(rows, index, replace(deposit, lines=(line, *deposit.lines[1:])))
    assert "publication-wrong" in kinds(written(changed))

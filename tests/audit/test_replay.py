"""The replay's frames: what each kind of event leaves in which columns."""

from datetime import UTC, date, datetime

import pytest

from audit import fold
from audit.replay import replay
from ledger import events as on
from ledger.log import Change
from ledger.store.memory import MemoryLog

STAMP = {
    "actor": "clerk",
    "recorded_at": datetime(2026, 11, 23, 1, tzinfo=UTC),
    "origin": "history",
    "policy": "p1",
}
AT = STAMP | {"value_date": date(2015, 3, 4)}


def replayed(*streams):
    log = MemoryLog()
    log.append([Change(stream, 0, tuple(events)) for stream, *events in streams])
    return replay(log)


def row(frame, number=0, *, without=("position", "recorded_at")):
    """One row as a dictionary, what is null left out."""
    named = frame.row(number, named=True)
    return {name: value for name, value in named.items() if value is not None and name not in without}


OPENED = on.BuildingOpened(
    **AT,
    name="1幢",
    county="532301",
    estate="E1",
    estate_name="和谐小区",
    management="self",
    lift=True,
    storeys=11,
    completed_on=date(2010, 1, 2),
)
UNITS = on.UnitsRegistered(
    **AT,
    lines=(
        on.UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=8931, owner_ref="p1"),
        on.UnitLine(unit="102", fund="public", usage="nonresidential", area_dm2=7, seller="S"),
    ),
)
BUILDING = ("building/B1", OPENED, UNITS)


def test_a_unit_knows_its_building():
    units = replayed(BUILDING).units
    assert units.height == 2
    assert row(units, 1) == {
        "stream": "building/B1",
        "version": 2,
        "building": "B1",
        "unit": "102",
        "fund": "public",
        "usage": "nonresidential",
        "area_dm2": 7,
        "seller": "S",
        "county": "532301",
        "estate": "E1",
        "estate_name": "和谐小区",
        "management": "self",
        "lift": True,
        "storeys": 11,
        "completed_on": date(2010, 1, 2),
        "since": date(2015, 3, 4),
    }


def test_a_deposit_of_two_lines_is_two_entries():
    deposit = on.DepositCollected(
        **AT,
        kind="first",
        lines=(
            on.DepositLine(
                unit="101", amount_fen=500, receipt_no="007", bank_ref="b", account="a", payer_ref="p"
            ),
            on.DepositLine(unit="102", part="seller", amount_fen=700),
        ),
    )
    entries = replayed((*BUILDING, deposit)).entries
    shared = {
        "stream": "building/B1",
        "version": 3,
        "building": "B1",
        "county": "532301",
        "estate": "E1",
        "value_date": date(2015, 3, 4),
        "kind": "deposit",
        "interest_fen": 0,
        "reversal": False,
        "origin": "history",
        "actor": "clerk",
        "deposit_kind": "first",
    }
    assert row(entries, 0) == shared | {
        "line": 0,
        "unit": "101",
        "part": "owner",
        "fund": "commodity",
        "principal_fen": 500,
        "receipt_no": "007",
        "bank_ref": "b",
        "account": "a",
        "payer_ref": "p",
    }
    assert row(entries, 1) == shared | {
        "line": 1,
        "unit": "102",
        "part": "seller",
        "fund": "public",
        "principal_fen": 700,
    }
    assert entries["recorded_at"].to_list() == [STAMP["recorded_at"]] * 2


def test_an_opening_balance_keeps_its_papers_and_an_income_whom_it_was_for():
    entries = replayed(
        (
            *BUILDING,
            on.BalanceOpened(
                **AT,
                basis="移交清册",
                lines=(
                    on.OpeningLine(unit="101", principal_fen=500, interest_fen=3),
                    on.OpeningLine(unit="102", part="seller", interest_fen=7),
                ),
            ),
            on.IncomeCredited(
                **AT,
                category="disposal",
                unit="101",
                bank_ref="b",
                lines=(on.IncomeLine(unit="101", amount_fen=9),),
            ),
            on.IncomeCredited(**AT, category="other", lines=(on.IncomeLine(unit="102", amount_fen=1),)),
        )
    ).entries
    shown = entries.select(
        "version", "line", "unit", "part", "kind", "principal_fen", "interest_fen", "reversal",
        "basis", "bank_ref", "income_category", "income_unit", "value_date",
    )  # fmt: skip
    day = date(2015, 3, 4)
    assert shown.rows() == [
        (3, 0, "101", "owner", "opening", 500, 3, False, "移交清册", None, None, None, day),
        (3, 1, "102", "seller", "opening", 0, 7, False, "移交清册", None, None, None, day),
        (4, 0, "101", "owner", "income", 9, 0, False, None, "b", "disposal", "101", day),
        (5, 0, "102", "owner", "income", 1, 0, False, None, None, "other", None, day),
    ]
    assert entries["deposit_kind"].null_count() == entries.height


def test_withdrawal_interest_and_reversal_have_the_signs_of_the_account():
    entries = replayed(
        (
            *BUILDING,
            on.WithdrawalPaid(
                **AT,
                payment="repair/532301/R1@2",
                lines=(on.WithdrawalLine(unit="101", principal_fen=30, interest_fen=12),),
            ),
            on.InterestAccrued(
                **AT,
                distribution="book/532301/commodity@2",
                fund="commodity",
                boundary=date(2015, 3, 5),
                settles=2,
                lines=(on.InterestLine(unit="101", interest_fen=9),),
            ),
            on.EntryReversed(
                **AT,
                version=3,
                reason="错",
                lines=(on.ReversalLine(line=0, unit="101", kind="deposit", principal_fen=-500),),
            ),
        )
    ).entries
    shown = entries.select(
        "kind",
        "principal_fen",
        "interest_fen",
        "reversal",
        "payment",
        "distribution",
        "reverses_version",
        "reverses_line",
    )
    assert shown.rows() == [
        ("withdrawal", -30, -12, False, "repair/532301/R1@2", None, None, None),
        ("interest", 0, 9, False, None, "book/532301/commodity@2", None, None),
        ("deposit", -500, 0, True, None, None, 3, 0),
    ]


def test_gains_of_a_book_and_their_reversal():
    gains = replayed(
        (
            "book/532301/public",
            on.BankGainsReceived(
                **AT, lines=(on.GainLine(category="bond", amount_fen=5, account="a", bank_ref="b"),)
            ),
            on.GainsReversed(
                **AT,
                version=1,
                reason="错",
                lines=(on.GainReversalLine(line=0, category="bond", amount_fen=-5),),
            ),
        )
    ).gains
    assert gains.drop("position", "stream").rows() == [
        (1, 0, "532301", "public", date(2015, 3, 4), "bond", "a", 5, "b", False, None, None),
        (2, 0, "532301", "public", date(2015, 3, 4), "bond", None, -5, None, True, 1, 0),
    ]


def test_a_distribution_its_shares_and_an_accrual():
    found = replayed(
        (
            "book/532301/commodity",
            on.BuildingsEntered(**AT, buildings=("B1", "B2")),
            on.GainsDistributed(
                **AT,
                through=date(2015, 3, 4),
                boundary=date(2015, 3, 5),
                previous=None,
                pool_fen=9,
                shares=(
                    on.BuildingShare(building="B1", version=2, weight=2**60, share_fen=9),
                    on.BuildingShare(building="B2", version=1, weight=0, share_fen=0),
                ),
            ),
        ),
        (
            *BUILDING,
            on.InterestAccrued(
                **AT,
                distribution="book/532301/commodity@2",
                fund="commodity",
                boundary=date(2015, 3, 5),
                settles=2,
                lines=(),
            ),
        ),
    )
    assert found.entered["building"].to_list() == ["B1", "B2"]
    assert row(found.distributions) == {
        "stream": "book/532301/commodity",
        "version": 2,
        "county": "532301",
        "fund": "commodity",
        "value_date": date(2015, 3, 4),
        "through": date(2015, 3, 4),
        "boundary": date(2015, 3, 5),
        "method": "pool",
        "pool_fen": 9,
    }
    assert found.shares.rows() == [
        ("book/532301/commodity@2", "B1", 2, 2**60, 9),
        ("book/532301/commodity@2", "B2", 1, 0, 0),
    ]
    assert row(found.accruals) == {
        "stream": "building/B1",
        "version": 3,
        "building": "B1",
        "county": "532301",
        "fund": "commodity",
        "boundary": date(2015, 3, 5),
        "value_date": date(2015, 3, 4),
        "distribution": "book/532301/commodity@2",
        "settles": 2,
    }
    assert found.entries.height == 0


PROPOSED = {
    "project": "R1",
    "county": "532301",
    "estate": "E1",
    "buildings": ("B1", "B2"),
    "object": "屋面",
    "content": "防水",
    "emergency": False,
}


def test_a_project_is_one_row_with_the_last_known_facts_and_its_payments_are_beside():
    found = replayed(
        (
            "repair/532301/R1",
            on.RepairProposed(**AT, **PROPOSED, budget_fen=100),
            on.VoteCounted(**AT, total_households=10),
            on.NoticePosted(**AT),
            on.RepairApproved(**AT, amount_fen=90, approver_ref="p9"),
            on.RepairStarted(**AT),
            on.RepairPaid(
                **AT,
                stage="first",
                amount_fen=50,
                payee=on.Payee(kind="person", party_ref="p3", account_ref="x"),
                invoice_no="i1",
                buildings=("B1", "B2"),
            ),
            on.RepairProposed(**AT, **PROPOSED, handler_ref="p8", applied_on=date(2015, 1, 1)),
            on.RepairAccepted(**AT),
            on.RepairSettled(**AT, amount_fen=95),
        )
    )
    day = date(2015, 3, 4)
    assert row(found.projects) == {
        "stream": "repair/532301/R1",
        "version": 9,
        "county": "532301",
        "project": "R1",
        "estate": "E1",
        "buildings": ["B1", "B2"],
        "object": "屋面",
        "content": "防水",
        "emergency": False,
        "budget_fen": 100,
        "applied_on": date(2015, 1, 1),
        "handler_ref": "p8",
        "voted_on": day,
        "total_households": 10,
        "noticed_on": day,
        "approved_on": day,
        "approved_fen": 90,
        "approver_ref": "p9",
        "started_on": day,
        "accepted_on": day,
        "settled_on": day,
        "settled_fen": 95,
        "proposed_version": 7,
        "vote_version": 2,
        "notice_version": 3,
        "approved_version": 4,
        "started_version": 5,
        "accepted_version": 8,
        "settled_version": 9,
    }
    assert row(found.payments) == {
        "stream": "repair/532301/R1",
        "version": 6,
        "county": "532301",
        "project": "R1",
        "estate": "E1",
        "stage": "first",
        "amount_fen": 50,
        "cost_fen": 50,
        "developer_fen": 0,
        "paid_on": day,
        "payee_kind": "person",
        "party_ref": "p3",
        "account_ref": "x",
        "invoice_no": "i1",
        "buildings": ["B1", "B2"],
        "actor": "clerk",
        "origin": "history",
    }


def test_a_refusal_is_kept_with_its_reasons():
    refused = on.CommandRefused(
        **AT, command="collect-deposit", subject="B1", codes=("receipt-used",), messages=("票据已使用",)
    )
    assert row(replayed(("refusal/1", refused)).refusals) == {
        "stream": "refusal/1",
        "version": 1,
        "command": "collect-deposit",
        "subject": "B1",
        "codes": ["receipt-used"],
        "messages": ["票据已使用"],
        "value_date": date(2015, 3, 4),
        "actor": "clerk",
    }


def test_an_empty_log_has_empty_frames_and_position_zero():
    found = replay(MemoryLog())
    assert (found.position, found.events, found.unreadable) == (0, 0, ())
    assert found.entries.height == found.projects.height == found.units.height == 0
    assert {"position", "line", "building", "fund", "county", "principal_fen"} <= set(found.entries.columns)


@pytest.mark.parametrize("kind", on.TOPICS.values(), ids=on.TOPICS)
def test_every_event_has_its_columns_or_says_that_it_needs_none(kind):
    needs_none = {on.DemonstrationStarted, on.PersonErased, on.ReceiptCodesEntered}
    assert (kind in fold._HANDLERS) != (kind in needs_none)

"""What live payments of repairs are refused and history records, the audit finds."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from audit.findings import run
from audit.replay import replay
from ledger import events as on
from ledger.log import Change
from ledger.policy import load
from ledger.store.codec import decode, encode

from .conftest import COUNTY

WHERE = f"{COUNTY} E1 P2"
P2 = f"repair/{COUNTY}/P2"


def versions(*numbers):
    return tuple(f"{P2}@{number}" for number in numbers)


def give_back(ledger, payment, amounts, on_day="2015-08-01"):
    """Money that a firm returned of a payment, by unit of B1."""
    said = {"payment": payment, "paid_on": date(2015, 4, 3)}
    total = sum(amounts.values())
    returned = ledger.append(P2, on.RepairMoneyReturned, on_day, amount_fen=total, reason="审减", **said)
    lines = tuple(
        on.ReturnLine(unit=unit, principal_fen=amount, interest_fen=0) for unit, amount in amounts.items()
    )
    ledger.append("building/B1", on.WithdrawalReturned, on_day, returned=returned, lines=lines, **said)
    return returned


# I30 多付


def test_more_was_paid_than_approved(ledger):
    ledger.repair("P2")
    approved = ledger.append(P2, on.RepairApproved, "2015-03-25", amount_fen=110_023)
    assert ledger.found() == [("I30", WHERE, "0.01", (*versions(6, 7, 9), approved))]


def test_what_came_back_is_not_paid(ledger):
    ids = ledger.repair("P2")
    ledger.append(P2, on.RepairApproved, "2015-03-25", amount_fen=110_023)
    give_back(ledger, ids[5], {"101": 1, "102": 1, "201": 1})
    assert ledger.found() == []


def test_more_was_paid_than_the_final_account(ledger):
    ledger.repair("P2", settled=110_000)
    assert ledger.found() == [("I30", WHERE, "0.24", versions(4, 6, 7, 9))]


@pytest.mark.parametrize(
    ("facts", "amount", "evidence"),
    [
        ({}, None, ()),
        ({"settled": 110_025}, "0.01", (6, 7, 8, 9, 10)),
        ({"settled": None}, "1100.24", (6, 7, 8, 9)),
        ({"accepted": None, "payments": (("first", 110_024, "2015-04-03", {}),)}, "0.00", (6, 7, 8)),
    ],
)
def test_a_closed_project_was_accepted_settled_and_paid_up(ledger, facts, amount, evidence):
    ledger.repair("P2", **facts)
    ledger.append(P2, on.RepairClosed, "2015-07-01")
    expected = [] if amount is None else [("I30", WHERE, amount, versions(*evidence))]
    assert ledger.found() == expected


# I28 事后公示


@pytest.mark.parametrize("noticed", [None, "2015-07-01"])
def test_an_emergency_is_closed_after_a_notice(ledger, noticed):
    ids = ledger.repair("P2", emergency=True, voted=None, noticed=None)
    if noticed:
        ledger.append(P2, on.NoticePosted, noticed)
    closed = ledger.append(P2, on.RepairClosed, "2015-08-01")
    assert ledger.found("I28") == ([] if noticed else [("I28", WHERE, "1100.24", (ids[3], ids[4], closed))])


# I32 超额退回


@pytest.mark.parametrize(("amount", "beyond"), [(30_000, None), (50_012, "0.01")])
def test_more_came_back_than_was_paid(ledger, amount, beyond):
    ids = ledger.repair("P2")
    returns = [
        give_back(ledger, ids[5], {"101": amount - 10_000}),
        give_back(ledger, ids[5], {"102": 10_000}),
    ]
    expected = [] if beyond is None else [("I32", WHERE, beyond, (ids[5], *returns))]
    assert ledger.found("I32") == expected


def test_a_return_that_was_reversed_does_not_count(ledger):
    ids = ledger.repair("P2")
    give_back(ledger, ids[5], {"101": 50_012})
    last = ledger.versions["building/B1"]
    gone = on.ReversalLine(line=0, unit="101", kind="return", principal_fen=-50_012)
    ledger.append("building/B1", on.EntryReversed, "2015-08-01", version=last, reason="错录", lines=(gone,))
    assert ledger.found("I32") == []


# I48 验收前


@pytest.mark.parametrize(("approved_fen", "beyond"), [(62_514, None), (62_513, "0.01")])
def test_before_acceptance_eighty_percent_may_be_paid(ledger, approved_fen, beyond):
    ids = ledger.repair("P2", payments=(("first", 50_011, "2015-04-03", {}),), settled=50_011)
    approved = ledger.append(P2, on.RepairApproved, "2015-03-25", amount_fen=approved_fen)
    expected = [] if beyond is None else [("I48", WHERE, beyond, (approved, ids[5]))]
    assert ledger.found() == expected


def test_paid_after_the_close(ledger):
    ids = ledger.repair("P2")
    closed = ledger.append(P2, on.RepairClosed, "2015-06-19")
    assert ledger.found() == [("I48", WHERE, "600.13", (ids[6], closed))]


# I51 付款岗位


@pytest.mark.parametrize(
    ("payer", "origin", "found"),
    [("clerk", "live", True), ("cashier", "live", False), ("clerk", "history", False)],
)
def test_who_pays_live_has_not_proposed(ledger, payer, origin, found):
    ids = ledger.repair("P2")
    rows = []
    for row in ledger.log.rows(0, 10**6):
        event = decode(row.topic, row.schema, row.data)
        if row.stream == P2 and isinstance(event, on.RepairProposed | on.RepairPaid):
            actor = "clerk" if isinstance(event, on.RepairProposed) else payer
            event = replace(event, actor=actor, origin=origin)
        rows.append(row._replace(data=encode(event)))
    findings = run(replay(Rows(rows)), load())
    assert [(each.rule, each.amount, each.events) for each in findings] == (
        [("I51", "1100.24", (ids[0], ids[3], ids[5], ids[6]))] if found else []
    )


class Rows:
    """Stored rows as a feed."""

    def __init__(self, rows):
        self._rows = rows

    def scan(self, after=0, upto=None, batch=5000):
        yield self._rows


# I41 未售房屋


@pytest.fixture
def unsold(empty):
    """A building of three units, one of which nobody bought."""
    empty.building("B1")
    empty.deposit("B1", {"101": 8931 * 93, "102": 10247 * 93})
    return empty


def propose(ledger, **scope):
    """A project that names its scope, before the payments of ``repair``."""
    said = {"actor": "tester", "recorded_at": datetime(2026, 11, 23, tzinfo=UTC), "origin": "history"}
    proposed = on.RepairProposed(
        **said,
        policy="test",
        value_date=date(2015, 3, 1),
        project="P2",
        county=COUNTY,
        estate="E1",
        buildings=("B1",),
        object="电梯",
        content="更换曳引机",
        emergency=False,
        **scope,
    )
    ledger.log.append([Change(P2, 0, (proposed,))])
    paid = on.RepairPaid(
        **said,
        policy="test",
        value_date=date(2015, 4, 3),
        stage="first",
        amount_fen=31_183,
        buildings=("B1",),
    )
    ledger.log.append([Change(P2, 1, (paid,))])


def units(*names):
    return tuple(on.ProjectUnit(building="B1", unit=name) for name in names)


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({}, True),
        ({"units": units("101", "102")}, True),
        ({"units": units("101")}, False),
        ({"developer": on.Developer(name="某公司", units=units("201"))}, False),
    ],
)
def test_a_unit_that_nobody_bought_is_the_developer_s(unsold, scope, found):
    propose(unsold, **scope)
    expected = [("I41", WHERE, "120.05", versions(1, 2))] if found else []
    assert unsold.found("I41") == expected


def test_a_unit_with_an_owner_is_sold(unsold):
    unsold.transfer("B1", "201", "p-201", "2014-01-01", held=0)
    propose(unsold)
    assert unsold.found("I41") == []


# I42 分摊


def test_a_payment_shared_otherwise(ledger):
    ids = ledger.repair("P2")
    rows = list(ledger.log.rows(0, 10**6))
    event = decode(rows[-3].topic, rows[-3].schema, rows[-3].data)
    assert isinstance(event, on.WithdrawalPaid)
    first, *rest = event.lines
    moved = (replace(first, principal_fen=first.principal_fen + 7), *rest)
    rows[-3] = rows[-3]._replace(data=encode(replace(event, lines=moved)))
    found = [each for each in run(replay(Rows(rows)), load()) if each.rule == "I42"]
    assert [(each.amount, each.events) for each in found] == [("0.07", (ids[6],))]


def test_a_payment_of_which_nothing_was_drawn(unsold):
    propose(unsold)
    assert unsold.found("I42") == [("I42", WHERE, "311.83", versions(2))]

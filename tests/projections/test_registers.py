"""The registers against a plain reading of a busy office's events, at random positions and days."""

from collections import defaultdict
from datetime import date

import psycopg2
import pytest

from ledger import policy
from ledger.events import (
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    GainsDistributed,
    InterestAccrued,
    PaymentReversed,
    RepairApproved,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    RepairSettled,
    StatementReconciled,
    UnitsChanged,
    UnitsRegistered,
    VoteCounted,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.store.bulk import copy_rows
from ledger.store.feed import Row, recorded
from ledger.store.tables import events
from projections.arrears import arrears
from projections.models import read_models
from projections.runner import Follower
from projections.views import VIEWS
from projections.views.paging import stream
from projections.views.view import ask
from tests.audit.conftest import busy_office

TODAY = date(2026, 11, 23)


class Kept:
    """A busy history that PostgreSQL keeps, and the same as decoded events."""

    def __init__(self, database, seed: int) -> None:
        rows = busy_office(seed, 150).log.rows(0, 10**6)
        self.engine = database.engine
        self.events = recorded(rows)
        connection = psycopg2.connect(database.admin_url.replace("+psycopg2", ""))
        with connection, connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
            copy_rows(cursor, events, Row._fields, rows)
        connection.close()
        Follower(self.engine, read_models(self.engine)).catch_up()
        self.fund = {}
        for _, name, _, event in self.events:
            lines = event.lines if type(event) is UnitsRegistered else ()
            lines = event.after if type(event) is UnitsChanged else lines
            self.fund |= {(name, line.unit): line.fund for line in lines}

    def rows(self, name, cut=None, as_of=None, **filters):
        """The rows of a view, each by column."""
        view = VIEWS[name]
        with self.engine.connect() as connection:
            asked = ask(connection, view, as_of=as_of, position=cut, filters=filters, today=TODAY)
            columns = [column.name for column in view.columns]
            return [dict(zip(columns, row, strict=True)) for row in stream(connection, view, asked)]

    def known(self, cut, as_of):
        """What the cut leaves, with the event of each name."""
        found = [each for each in self.events if each.position <= cut]
        return [each for each in found if as_of is None or each.event.value_date <= as_of]

    def original(self, name, version):
        return next(each.event for each in self.events if (each.stream, each.version) == (name, version))


@pytest.fixture(scope="module", params=[7, 8])
def kept(request, embedded):
    with embedded.database() as database:
        yield Kept(database, request.param)


@pytest.fixture(params=["all", "half", "third"])
def cut(request, kept):
    share = {"all": 1, "half": 2, "third": 3}[request.param]
    return kept.events[len(kept.events) // share - 1].position


DAYS = pytest.mark.parametrize("as_of", [None, date(2014, 3, 31), date(2017, 6, 30)], ids=str)


def some(rows, *names):
    return sorted((tuple(row[name] for name in names) for row in rows), key=repr)


# Deposits and refunds


def moved(kept, cut, as_of, kind):
    """Lines of deposits or refunds, and of what took them back (sign -1)."""
    for _, name, version, event in kept.known(cut, as_of):
        here = f"{name}@{version}"
        if type(event) is kind:
            for index, line in enumerate(event.lines):
                yield event, line, here, index, line, 1
        elif type(event) is EntryReversed:
            original = kept.original(name, event.version)
            if type(original) is kind:
                for index, back in enumerate(event.lines):
                    yield original, original.lines[back.line], here, index, back, -1


@DAYS
def test_every_deposit_and_its_reversal_is_in_the_register(kept, cut, as_of):
    expected = [
        (
            here, index + 1, back.unit, back.part, kept.fund[here.split("@")[0], back.unit], original.kind,
            sign * line.amount_fen, line.receipt_no, line.bank_ref, sign < 0,
        )
        for original, line, here, index, back, sign in moved(kept, cut, as_of, DepositCollected)
    ]  # fmt: skip
    found = kept.rows("deposits", cut, as_of)
    names = (
        "event", "line", "unit", "part", "fund", "kind", "amount", "receipt_no", "bank_ref", "reversal",
    )  # fmt: skip
    assert some(found, *names) == sorted(expected, key=repr)


@DAYS
def test_every_refund_and_its_reversal_is_in_the_register(kept, cut, as_of):
    def booked(event, line):
        if line.deposited_on is None:
            return "refund-untraced"
        return "refund" if line.deposited_on.year == event.value_date.year else "refund-earlier"

    expected = [
        (
            here, index + 1, back.unit, original.reason, sign * line.principal_fen, sign * line.interest_fen,
            line.deposit_kind, line.deposited_on, booked(original, line), line.payee_ref, sign < 0,
        )
        for original, line, here, index, back, sign in moved(kept, cut, as_of, DepositRefunded)
    ]  # fmt: skip
    names = (
        "event", "line", "unit", "reason", "principal", "interest", "kind", "deposited_on", "booked",
        "person", "reversal",
    )  # fmt: skip
    assert some(kept.rows("refunds", cut, as_of), *names) == sorted(expected, key=repr)


# Repairs


def spent(kept, cut, as_of):
    """What accounts paid, by the project's event, fund kind, day, and whether it was taken back."""
    found = defaultdict(int)
    for _, name, _, event in kept.known(cut, as_of):
        back = type(event) is EntryReversed
        original = kept.original(name, event.version) if back else event
        if type(original) not in (WithdrawalPaid, WithdrawalReturned):
            continue
        cause = original.payment if type(original) is WithdrawalPaid else original.returned
        sign = -1 if back or type(original) is WithdrawalReturned else 1
        for line in event.lines:
            amount = sign * (line.principal_fen + line.interest_fen)
            found[cause, kept.fund[name, line.unit], event.value_date, back] += amount
    return found


@DAYS
def test_payments_are_split_by_fund_as_the_accounts_paid(kept, cut, as_of):
    by_fund = defaultdict(int)
    for (cause, fund, _, back), amount in spent(kept, cut, as_of).items():
        by_fund[cause, fund, back] += amount
    expected = []
    for _, name, version, event in kept.known(cut, as_of):
        kind, about, sign = {
            RepairPaid: ("paid", version, 1),
            RepairMoneyReturned: ("returned", version, -1),
            PaymentReversed: ("reversed", getattr(event, "version", 0), 1),
        }.get(type(event), (None, 0, 0))
        if kind is None:
            continue
        back = kind == "reversed"
        if back:
            kind, sign = ("return-reversed", -1) if event.returned else ("payment-reversed", 1)
        split = [by_fund[f"{name}@{about}", fund, back] for fund in ("commodity", "public")]
        expected.append((f"{name}@{version}", kind, sign * event.amount_fen, *split))
        assert sum(split) == sign * event.amount_fen
    found = kept.rows("payments", cut, as_of)
    assert some(found, "event", "kind", "amount", "commodity", "public") == sorted(expected, key=repr)


@DAYS
def test_a_project_is_one_row_with_its_days_and_money(kept, cut, as_of):
    proposed = {}
    expected = {}
    for _, name, _, event in kept.known(cut, as_of):
        if not name.startswith("repair/"):
            continue
        project = name.split("/")[2]
        if type(event) is RepairProposed:
            proposed[project] = event
        row = expected.setdefault(
            project,
            {"voted_on": None, "approved_on": None, "settled": None, "paid": 0, "returned": 0, "cost": 0},
        )
        if type(event) is VoteCounted:
            row["voted_on"] = event.value_date
        elif type(event) is RepairApproved:
            row["approved_on"] = event.value_date
        elif type(event) is RepairSettled:
            row["settled"] = event.amount_fen
        elif type(event) is RepairPaid:
            row["paid"] += event.amount_fen
            row["cost"] += event.amount_fen
        elif type(event) is RepairMoneyReturned:
            row["returned"] += event.amount_fen
        elif type(event) is PaymentReversed:
            row["returned" if event.returned else "paid"] += event.amount_fen
            row["cost"] += 0 if event.returned else event.amount_fen
    names = ("voted_on", "approved_on", "settled", "paid", "returned", "cost")
    found = kept.rows("repairs", cut, as_of)
    assert {row["project"]: {name: row[name] for name in names} for row in found} == expected
    assert [row["used"] for row in found] == [row["paid"] - row["returned"] for row in found]
    for row in found:
        event = proposed.get(row["project"])
        if event is None:  # paid, as history has it, before it was proposed
            assert (row["estate"], row["budget"], row["part"]) == (None, None, None)
            continue
        assert (row["estate"], row["content"], row["budget"], row["applied_on"]) == (
            event.estate, event.content, event.budget_fen, event.applied_on,
        )  # fmt: skip
        assert row["buildings"] == "；".join(event.buildings)
        assert (row["part"], row["estate_name"]) == ("roof", "和谐小区")


@DAYS
def test_use_by_part_adds_up_to_what_accounts_paid(kept, cut, as_of):
    by_project = defaultdict(int)
    for (cause, fund, day, _), amount in spent(kept, cut, as_of).items():
        by_project[fund, str(day.year), cause.split("@")[0]] += amount
    expected = defaultdict(lambda: [0, 0])
    for (fund, year, _), amount in by_project.items():
        if amount:
            expected[fund, year][0] += 1
            expected[fund, year][1] += amount
    found = kept.rows("use-by-part", cut, as_of)
    sums = defaultdict(lambda: [0, 0])
    for row in found:
        assert row["part"] in ("roof", "other")  # other: nothing was proposed by then
        sums[row["fund"], row["year"]][0] += row["projects"]
        sums[row["fund"], row["year"]][1] += row["amount"]
    assert sums == expected


def test_a_project_is_found_by_one_of_its_buildings(kept):
    found = {row["project"] for row in kept.rows("repairs", building="B3")}
    proposed = [event for *_, event in kept.events if type(event) is RepairProposed]
    assert found == {event.project for event in proposed if "B3" in event.buildings}
    assert found


# Interest


@DAYS
def test_interest_is_registered_by_building_and_by_unit(kept, cut, as_of):
    expected = []
    credited = defaultdict(int)
    by_unit = []
    for _, name, version, event in kept.known(cut, as_of):
        if type(event) is InterestAccrued:
            building = name.split("/")[1]
            for index, line in enumerate(event.lines):
                credited[event.distribution, building] += line.interest_fen
                place = f"{name}@{version}", index + 1
                by_unit.append((building, line.unit, line.interest_fen, event.distribution, *place))
    for _, name, version, event in kept.known(cut, as_of):
        if type(event) is GainsDistributed:
            run = f"{name}@{version}"
            expected += [
                (run, share.building, share.weight, share.share_fen, credited[run, share.building])
                for share in event.shares
            ]
    found = kept.rows("interest", cut, as_of)
    assert some(found, "event", "building", "weight", "share", "credited") == sorted(expected, key=repr)
    names = ("building", "unit", "interest", "run", "event", "line")
    of_units = kept.rows("interest-by-unit", cut, as_of, building="B1")
    assert some(of_units, *names) == sorted((each for each in by_unit if each[0] == "B1"), key=repr)


# What a second implementation says already


@DAYS
def test_arrears_are_those_of_the_list_by_page(kept, as_of):
    with kept.engine.connect() as connection:
        listed = arrears(connection, policy.load(), as_of=as_of, today=TODAY, limit=1000)
    expected = [
        (each.building, each.unit, each.due, each.paid, each.missing, each.on, each.days)
        for each in listed.units
    ]
    found = [
        (
            row["building"], row["unit"], *(f"{row[name] / 100:.2f}" for name in ("due", "paid", "missing")),
            row["on"], row["days"],
        )
        for row in kept.rows("arrears", None, as_of)
    ]  # fmt: skip
    assert found == expected


def test_the_sheet_has_the_balances_of_every_reconciliation_on_record(kept):
    reconciled = [each for each in kept.events if type(each.event) is StatementReconciled]
    assert reconciled
    for position, _, _, event in reconciled:
        sheet = kept.rows("bank-reconciliation", position, event.value_date, account=event.account)
        amounts = {row["item"]: row["amount"] for row in sheet}
        assert amounts["对账单余额"] == event.bank_balance_fen
        assert amounts["账本余额"] == event.ledger_balance_fen

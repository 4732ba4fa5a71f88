"""I08, I09: one designated account a book, and its money there."""

import pytest

from ledger import events as on

C = "532301"
BOOK = f"book/{C}/commodity"


class Bank:
    """Says what becomes of accounts of a book, and puts money into them."""

    def __init__(self, ledger):
        self._append = ledger.append

    def designate(self, account, since, **facts):
        known = {"account": account, "bank": "建行", "name": "专户", "tender": "1号"} | facts
        return self._append(BOOK, on.BankAccountDesignated, since, **known)

    def give_up(self, account, on_day):
        return self._append(BOOK, on.BankAccountClosed, on_day, account=account)

    def gain(self, account, on_day, amount=7):
        line = on.GainLine(category="demand", amount_fen=amount, account=account)
        return self._append(BOOK, on.BankGainsReceived, on_day, lines=(line,))

    def deposit(self, account, on_day, amount=3):
        line = on.DepositLine(unit="101", amount_fen=amount, receipt_no=f"A{on_day}", account=account)
        return self._append("building/B1", on.DepositCollected, on_day, kind="top-up", lines=(line,))


@pytest.fixture
def bank(ledger):
    return Bank(ledger)


def found(ledger):
    return [each for each in ledger.found() if each[0] in ("I08", "I09")]


def test_in_order(ledger, bank):
    bank.gain("OLD", "2014-12-01")
    bank.designate("A", "2015-01-01")
    bank.gain("A", "2015-01-01")
    bank.deposit("A", "2015-12-31")
    bank.give_up("A", "2015-12-31")
    bank.designate("B", "2016-01-01")
    bank.gain("B", "2016-01-01")
    assert found(ledger) == []


def test_deposits_elsewhere(ledger, bank):
    bank.designate("A", "2015-01-01")
    one, two = bank.deposit("X", "2015-01-01"), bank.deposit("X", "2015-02-01", 4)
    other = bank.deposit("Y", "2015-03-01")
    bank.deposit("X", "2014-12-31")
    assert sorted(found(ledger)) == sorted([("I08", C, "0.07", (one, two)), ("I08", C, "0.03", (other,))])


def test_a_deposit_after_the_account_was_given_up(ledger, bank):
    bank.designate("A", "2015-01-01")
    bank.give_up("A", "2015-06-30")
    bank.deposit("A", "2015-06-30")
    late = bank.deposit("A", "2015-07-01")
    assert found(ledger) == [("I08", C, "0.03", (late,))]


def test_a_reversed_deposit_is_no_finding(ledger, bank):
    bank.designate("A", "2015-01-01")
    ledger.reverse(bank.deposit("X", "2015-01-01"), (0, "101", "deposit", -3))
    assert found(ledger) == []


def test_gains_elsewhere(ledger, bank):
    bank.designate("A", "2015-01-01")
    wrong = bank.gain("X", "2015-01-02")
    assert found(ledger) == [("I09", C, "0.07", (wrong,))]


@pytest.mark.parametrize(("until", "wrong"), [(None, True), ("2015-06-30", False), ("2015-07-01", True)])
def test_two_designated_at_a_time(ledger, bank, until, wrong):
    events = [bank.designate("A", "2015-01-01"), bank.designate("B", "2015-06-30")]
    if until is not None:
        bank.give_up("A", until)
    assert found(ledger) == ([("I09", C, "0.00", tuple(events))] if wrong else [])


def test_no_tender_on_record(ledger, bank):
    event = bank.designate("A", "2015-01-01", tender=None)
    bank.give_up("A", "2015-12-31")
    paper = on.Evidence(name="中标通知书.pdf", sha256="0" * 64)
    bank.designate("B", "2016-01-01", tender=None, evidence=(paper,))
    assert found(ledger) == [("I09", C, "0.00", (event,))]


@pytest.mark.parametrize(("last", "wrong"), [("2015-05-31", False), ("2015-06-01", True)])
def test_accounts_used_side_by_side_where_none_was_designated(ledger, bank, last, wrong):
    first = bank.gain("A", "2015-01-01", 1)
    second = bank.deposit("A", last)
    bank.gain("B", "2015-06-01", 100)
    assert found(ledger) == ([("I09", C, "0.04", (first, second))] if wrong else [])

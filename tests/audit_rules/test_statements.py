"""I35: balances of a bank statement follow from line to line and from day to day."""

import pytest

from ledger import events as on

C = "532301"
ACCOUNT = "2413000100000001"


@pytest.fixture
def bank(ledger):
    """Statements of an account that gains of the county name; lines as (amount, balance)."""
    ledger.append(
        "book/532301/commodity",
        on.BankGainsReceived,
        "2009-07-15",
        lines=(on.GainLine(category="demand", amount_fen=1, account=ACCOUNT),),
    )

    def state(on_day, *lines, account=ACCOUNT):
        made = tuple(
            on.StatementLine(in_fen=max(amount, 0), out_fen=max(-amount, 0), balance_fen=balance)
            for amount, balance in lines
        )
        return ledger.append(f"bank/{account}", on.StatementRecorded, on_day, lines=made)

    return state


def broken(ledger):
    return [(found.county, found.amount, found.events) for found in ledger.findings() if found.rule == "I35"]


def test_balances_that_follow_are_in_order(ledger, bank):
    bank("2019-06-30", (100, 100), (-30, 70))
    bank("2019-07-02", (5, None), (5, 80))
    bank("2019-07-01", (-70, 0), (70, 70))
    bank("2019-07-01", (9, 4), account="2")
    assert broken(ledger) == []


def test_a_line_that_is_missing(ledger, bank):
    bank("2019-06-30", (100, 100))
    day = bank("2019-07-01", (1, 101), (7, 208))
    after = bank("2019-07-02", (1, 209))
    assert broken(ledger) == [(C, "1.00", (day,))]
    (found,) = [found for found in ledger.findings() if found.rule == "I35"]
    assert found.message == f"账号 {ACCOUNT} 2019-07-01 的对账单余额与前后流水相差 1.00 元。"
    assert after not in found.events


@pytest.mark.parametrize(("amount", "found"), [(9, True), (10, False), (11, True)])
def test_a_day_that_does_not_lead_on(ledger, bank, amount, found):
    before = bank("2019-06-30", (100, 100))
    after = bank("2019-07-31", (amount, 110))
    assert broken(ledger) == ([(C, "0.01", (before, after))] if found else [])


def test_a_statement_supplied_later_heals_it(ledger, bank):
    bank("2019-06-30", (100, 100))
    bank("2019-07-31", (5, 110))
    assert len(broken(ledger)) == 1
    bank("2019-07-10", (5, 105))
    assert broken(ledger) == []


def test_a_line_that_was_taken_back_does_not_count(ledger, bank):
    bank("2019-06-30", (100, 100))
    wrong = bank("2019-07-01", (7, 208))
    bank("2019-07-02", (1, 101))
    assert len(broken(ledger)) == 2
    ledger.append(
        f"bank/{ACCOUNT}",
        on.StatementReversed,
        "2019-07-01",
        version=int(wrong.rpartition("@")[2]),
        reason="账号有误",
        lines=(on.StatementReversalLine(line=0, amount_fen=-7),),
    )
    assert broken(ledger) == []


def test_an_account_no_entry_names_has_no_county(ledger, bank):
    one = bank("2019-06-30", (1, 1), account="2")
    two = bank("2019-07-01", (1, 1), account="2")
    assert broken(ledger) == [(None, "0.01", (one, two))]

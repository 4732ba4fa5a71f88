"""I12–I15: interest that did not arrive, idle money, office costs, and what art. 26 forbids."""

from datetime import date

import pytest

from ledger import events as on
from ledger.identity import book_stream

C = "532301"
BOOK = book_stream(C, "commodity")
CONSENT = on.Consent(kind="assembly", document_no="业大1号", on=date(2015, 3, 1))


def place(ledger, lot="D1", on_day="2014-01-10", **changes):
    facts = {"kind": "time", "bank": "农行", "amount_fen": 100_000, "rate_bp": 300, "term_months": 12}
    facts |= {"matures_on": date(2015, 1, 10), **changes}
    return ledger.append(BOOK, on.TimeDepositPlaced, on_day, lot=lot, **facts)


def gain(ledger, amount, on_day, category="time"):
    line = on.GainLine(category=category, amount_fen=amount)
    return ledger.append(BOOK, on.BankGainsReceived, on_day, lines=(line,))


def end(ledger, interest, on_day="2015-01-10", lot="D1", principal=100_000, early=False):
    ended = ledger.append(
        BOOK, on.TimeDepositEnded, on_day,
        lot=lot, kind="time", principal_fen=principal, interest_fen=interest, early=early,
    )  # fmt: skip
    return [ended, *([gain(ledger, interest, on_day)] if interest else [])]


def buy(ledger, on_day="2015-03-12", **changes):
    facts = {
        "lot": "G1", "issue_code": "1", "issue_name": "国债", "channel": "counter", "face_fen": 90_000,
        "cost_fen": 90_000, "rate_bp": 300, "matures_on": date(2018, 3, 12), "consent": CONSENT,
        "issue_from": date(2015, 3, 10), "issue_to": date(2015, 3, 19), **changes,
    }  # fmt: skip
    return ledger.append(BOOK, on.BondBought, on_day, **facts)


def reverse(ledger, event, kind, amount, on_day, **more):
    version = int(event.rpartition("@")[2])
    return ledger.append(
        BOOK, on.TreasuryReversed, on_day, version=version, reason="错", kind=kind, amount_fen=amount, **more
    )


# I12 明存活期暗存定期


def test_a_deposit_that_earned_what_was_agreed_is_in_order(ledger):
    place(ledger)
    end(ledger, 3_000)
    assert ledger.found() == []


@pytest.mark.parametrize(("interest", "short"), [(2_850, None), (2_849, "1.51"), (0, "30.00")])
def test_interest_may_be_five_percent_short_and_no_more(ledger, interest, short):
    placed = place(ledger)
    ended = end(ledger, interest)
    assert ledger.found() == ([("I12", C, short, (placed, *ended))] if short else [])


def test_broken_off_early_nobody_expects_the_contract_rate(ledger):
    place(ledger)
    end(ledger, 1, "2014-06-01", early=True)
    assert ledger.found() == []


def test_a_term_in_days_is_counted_by_days(ledger):
    placed = place(ledger, term_months=None, matures_on=date(2014, 4, 10))
    ended = end(ledger, 600, "2014-04-10")
    # 1,000.00 × 3 % × 90 ÷ 360 = 7.50
    assert ledger.found() == [("I12", C, "1.50", (placed, *ended))]


@pytest.mark.parametrize(("matures_on", "late"), [(date(2015, 3, 20), False), (date(2015, 3, 19), True)])
def test_a_matured_deposit_comes_back_within_three_months(ledger, matures_on, late):
    placed = place(ledger, matures_on=matures_on)
    assert ledger.found() == ([("I12", C, "1000.00", (placed,))] if late else [])


def test_what_was_renewed_or_taken_back_is_not_overdue(ledger):
    place(ledger, renew=True)
    placed = place(ledger, "D2")
    reverse(ledger, placed, "lot-placed", -100_000, "2014-01-10", lot="D2", lot_kind="time")
    assert ledger.found() == []


def test_interest_of_a_certificate_that_nobody_registered(ledger):
    gain(ledger, 7, "2014-01-09")
    place(ledger)
    hidden = gain(ledger, 500, "2014-01-10")
    gain(ledger, 500, "2014-01-10", "demand")
    end(ledger, 3_000)
    assert ledger.found() == [("I12", C, "5.00", (hidden,))]


# I13 大额资金长期活期


def rich(empty, amount, on_day="2014-06-20"):
    empty.building("B1", {"101": 8931})
    made = empty.deposit("B1", {"101": amount}, on_day=on_day)
    empty.gain(1, "2015-06-20")
    return made


@pytest.mark.parametrize(("amount", "idle"), [(1_000_000_000, False), (1_000_000_001, True)])
def test_ten_million_may_lie_on_current_accounts_and_no_fen_more(empty, amount, idle):
    rich(empty, amount - 1)
    empty.append(BOOK, on.OtherIncomeReceived, "2014-06-20", amount_fen=1, reason="其他")
    place(empty, amount_fen=1, on_day="2014-06-19", matures_on=date(2016, 1, 1))
    end(empty, 0, "2014-06-20", principal=1, early=True)
    amounts = [amount for _, _, amount, _ in empty.found("I13")]
    assert amounts == (["10000000.01"] if idle else [])


@pytest.mark.parametrize(("on_day", "idle"), [("2014-06-20", True), ("2014-06-21", False)])
def test_it_must_lie_there_for_a_year(empty, on_day, idle):
    deposit = rich(empty, 2_000_000_000, on_day)
    place(empty, amount_fen=1, on_day="2015-06-20", matures_on=date(2016, 1, 1))
    assert empty.found("I13") == ([("I13", C, "20000000.00", (deposit,))] if idle else [])


def test_what_was_placed_does_not_lie_there(empty):
    rich(empty, 2_000_000_000)
    place(empty, amount_fen=1_500_000_000, on_day="2014-07-01", matures_on=date(2017, 7, 1))
    assert empty.found("I13") == []


def test_nobody_knows_what_certificates_nobody_registered_hold(empty):
    rich(empty, 2_000_000_000)
    assert empty.found("I13") == []


# I14 列支办公等费用


def pay(ledger, kind, amount, on_day="2014-05-01", **payee):
    return ledger.append(
        BOOK, on.OtherExpensePaid, on_day, kind=kind, amount_fen=amount, reason="日常", **payee
    )


def test_bank_charges_are_the_funds_and_office_costs_are_not(ledger):
    pay(ledger, "bank-charge", 50, payee="农行")
    first = pay(ledger, "office", 1_000, payee="文印社")
    second = pay(ledger, "office", 500, payee="文印社")
    wages = pay(ledger, "salary", 2_000, payee_ref="p7")
    pay(ledger, "office", 9, "2008-01-31", payee="文印社")
    assert sorted(ledger.found()) == [
        ("I14", C, "15.00", (first, second)),
        ("I14", C, "20.00", (wages,)),
    ]


def test_an_expense_that_was_taken_back_is_none(ledger):
    paid = pay(ledger, "office", 1_000, payee="文印社")
    reverse(ledger, paid, "other-expense", -1_000, "2014-05-01")
    assert ledger.found() == []


# I15 国债回购、质押、委托理财


def test_a_new_bond_with_consent_held_to_maturity_is_in_order(ledger):
    buy(ledger)
    ledger.append(
        BOOK, on.BondRedeemed, "2018-03-12", lot="G1", principal_fen=90_000, interest_fen=8_100, early=False
    )
    gain(ledger, 8_100, "2018-03-12", "bond")
    assert ledger.found("I15") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"channel": "exchange"}, "未通过"),
        ({"issue_to": date(2015, 3, 11)}, "不是发行期内"),
        ({"issue_from": None}, "不是发行期内"),
        ({"consent": None}, "没有同意文件"),
        ({"consent": on.Consent(kind="assembly", document_no=" ", on=date(2015, 3, 1))}, "没有同意文件"),
        ({"consent": on.Consent(kind="finance", document_no="1", on=date(2015, 3, 1))}, "同意人不符"),
        ({"consent": on.Consent(kind="assembly", document_no="1", on=date(2015, 3, 13))}, "晚于购买日期"),
        ({"part": "seller"}, "同意人不符"),
    ],
)
def test_an_irregular_bond_is_found(ledger, changes, said):
    bought = buy(ledger, **changes)
    assert ledger.found() == [("I15", C, "900.00", (bought,))]
    assert said in ledger.findings()[0].message


def test_consent_of_the_day_itself_is_in_time(ledger):
    buy(ledger, consent=on.Consent(kind="owners-two-thirds", document_no="1", on=date(2015, 3, 12)))
    assert ledger.found() == []


def test_a_bond_sold_early_is_found_with_its_sale(ledger):
    bought = buy(ledger)
    sold = ledger.append(
        BOOK, on.BondRedeemed, "2015-06-01", lot="G1", principal_fen=90_000, interest_fen=-50, early=True
    )
    gain(ledger, -50, "2015-06-01", "bond")
    assert ledger.found() == [("I15", C, "900.00", (bought, sold))]
    assert "未持有到期" in ledger.findings()[0].message


@pytest.mark.parametrize("kind", ["repo", "pledge", "wealth", "other"])
def test_other_investments_are_found_and_what_came_back_is_evidence(ledger, kind):
    facts = {"lot": "W1", "kind": kind, "amount_fen": 70_000, "description": "某产品"}
    made = ledger.append(BOOK, on.InvestmentRecorded, "2014-01-10", **facts)
    back = ledger.append(BOOK, on.InvestmentEnded, "2014-02-10", lot="W1", kind=kind, principal_fen=1)
    assert ledger.found() == [("I15", C, "700.00", (made, back))]


def test_before_the_rule_nothing_was_forbidden(ledger):
    facts = {"lot": "W1", "kind": "pledge", "amount_fen": 70_000, "description": "某产品"}
    ledger.append(BOOK, on.InvestmentRecorded, "2008-01-31", **facts)
    assert ledger.found() == []


def test_a_purchase_taken_back_is_none(ledger):
    bought = buy(ledger, consent=None)
    reverse(ledger, bought, "lot-placed", -90_000, "2015-03-12", lot="G1", lot_kind="bond")
    assert ledger.found() == []


@pytest.mark.parametrize(("more", "found"), [(0, False), (1, True)])
def test_no_book_lays_out_more_than_it_has(ledger, more, found):
    held = sum(area * 93 for area in ledger.areas["B1"].values())
    place(ledger, amount_fen=held + more, matures_on=date(2016, 1, 10))
    assert [rule for rule, *_ in ledger.found("I15")] == (["I15"] if found else [])
    if found:
        assert "差 0.01 元" in ledger.findings()[0].message

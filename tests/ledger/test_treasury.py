"""How the money of a book rests and grows: given events, when a command, then events or a refusal."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import (
    AdvancePettyCash,
    BuyBond,
    EndInvestment,
    MatureDeposit,
    PlaceDeposit,
    ReceiveBondInterest,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    RedeemBond,
    ReturnPettyCash,
    ReverseEntry,
    WithdrawDeposit,
)
from ledger.errors import Refused
from ledger.events import (
    BankGainsReceived,
    BondInterestReceived,
    BondRedeemed,
    CommandRefused,
    Consent,
    GainLine,
    GainsReversed,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryReversed,
)

BOOK = "book/532301/commodity"
WHERE = {"county": "532301", "fund": "commodity"}
PLACED = date(2023, 3, 15)
MATURES = date(2024, 3, 15)
CONSENT = Consent(kind="assembly", document_no="业大〔2022〕1号", on=date(2023, 3, 1))


def place(lot="D1", **changes):
    terms = {"kind": "time", "bank": "农行", "amount_fen": 10_000_000, "rate_bp": 165, "term_months": 12}
    return PlaceDeposit(**WHERE, **{"lot": lot, "placed_on": PLACED, "account": "6222", **terms, **changes})


def mature(lot="D1", on=MATURES, interest_fen=165_000, **more):
    return MatureDeposit(**WHERE, lot=lot, ended_on=on, interest_fen=interest_fen, **more)


def withdraw(principal_fen, on, interest_fen=0, lot="D1"):
    return WithdrawDeposit(
        **WHERE, lot=lot, ended_on=on, principal_fen=principal_fen, interest_fen=interest_fen
    )


def buy(lot="G1", **changes):
    facts = {
        "issue_code": "231701",
        "issue_name": "2023年凭证式（一期）国债",
        "channel": "counter",
        "face_fen": 50_000_000,
        "cost_fen": 50_000_000,
        "rate_bp": 300,
        "bought_on": date(2023, 3, 12),
        "matures_on": date(2026, 3, 12),
        "issue_from": date(2023, 3, 10),
        "issue_to": date(2023, 3, 19),
        "consent": CONSENT,
    }
    return BuyBond(**{**WHERE, "lot": lot, **facts, **changes})


def redeem(on=date(2026, 3, 12), principal_fen=50_000_000, interest_fen=4_500_000, lot="G1"):
    return RedeemBond(
        **WHERE, lot=lot, redeemed_on=on, principal_fen=principal_fen, interest_fen=interest_fen
    )


def invest(kind="wealth", lot="W1"):
    return RecordInvestment(
        **WHERE, lot=lot, kind=kind, amount_fen=7_000_000, invested_on=PLACED, description="非保本理财"
    )


def advance(amount_fen, on=PLACED, holder="p1"):
    return AdvancePettyCash(**WHERE, holder_ref=holder, amount_fen=amount_fen, advanced_on=on)


def hand_back(amount_fen, on=MATURES, holder="p1"):
    return ReturnPettyCash(**WHERE, holder_ref=holder, amount_fen=amount_fen, returned_on=on)


def pay(kind="bank-charge", **more):
    facts = {"amount_fen": 2_050, "paid_on": PLACED, "reason": "网银年费", "payee": "农业银行楚雄分行"}
    return RecordOtherExpense(**WHERE, **{"kind": kind, **facts, **more})


def reverse(version, **more):
    return ReverseEntry(stream=BOOK, version=version, reason="登记错误", **more)


def last(office, count=1):
    return list(office.events(BOOK))[-count:]


def refused(office, command, recording):
    """Codes and basis of a live refusal; the log grew by that one refusal, and nothing else changed."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=recording)
    [(stream, _, _)] = office.everything()[len(before) :]
    [kept] = office.events(stream)
    assert isinstance(kept, CommandRefused)
    assert kept.codes == tuple(found.code for found in caught.value.refusals)
    assert kept.subject == (BOOK if isinstance(command, ReverseEntry) else "532301/commodity")
    assert office.everything()[: len(before)] == before
    return [(found.code, found.basis) for found in caught.value.refusals]


def never(office, command):
    """Codes of what no ledger takes, not even as history; the log is unchanged."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command)
    assert office.everything() == before
    return [found.code for found in caught.value.refusals]


class TestDeposits:
    def test_a_deposit_is_placed_with_its_maturity(self, office, live):
        office.execute(place(certificate_no="0012"), recording=live)
        [placed] = last(office)
        assert isinstance(placed, TimeDepositPlaced)
        assert (placed.value_date, placed.matures_on, placed.amount_fen) == (PLACED, MATURES, 10_000_000)
        assert (placed.account, placed.certificate_no, placed.renew) == ("6222", "0012", False)

    @pytest.mark.parametrize(
        ("placed_on", "months", "matures_on"),
        [
            (date(2023, 11, 30), 3, date(2024, 2, 29)),
            (date(2022, 11, 30), 3, date(2023, 2, 28)),
            (date(2020, 2, 29), 36, date(2023, 2, 28)),
            (date(2023, 12, 31), 12, date(2024, 12, 31)),
        ],
    )
    def test_months_end_where_the_month_ends(self, office, placed_on, months, matures_on):
        office.execute(place(placed_on=placed_on, term_months=months))
        assert last(office)[0].matures_on == matures_on

    def test_at_maturity_principal_and_interest_come_back_and_the_interest_is_a_gain(self, office, live):
        office.execute(place(), recording=live)
        office.execute(mature(account="6222", bank_ref="L9"), recording=live)
        ended, gain = last(office, 2)
        assert isinstance(ended, TimeDepositEnded)
        assert (ended.principal_fen, ended.interest_fen, ended.expected_fen) == (10_000_000, 165_000, 165_000)
        assert ended.early is False
        assert isinstance(gain, BankGainsReceived)
        assert gain.value_date == MATURES
        assert gain.lines == (GainLine(category="time", amount_fen=165_000, account="6222", bank_ref="L9"),)

    def test_a_difference_to_the_contract_is_named_and_not_refused(self, office, live):
        office.execute(place(), recording=live)
        office.execute(mature(interest_fen=20_000), recording=live)
        ended, _ = last(office, 2)
        assert (ended.interest_fen, ended.expected_fen) == (20_000, 165_000)

    def test_part_of_it_early_at_the_demand_rate_and_the_rest_at_maturity(self, office, live):
        office.execute(place(), recording=live)
        office.execute(withdraw(4_000_000, date(2023, 9, 15), 4_089), recording=live)
        early, _ = last(office, 2)
        # 40,000.00 × 184 days × 0.20 % ÷ 360
        assert (early.early, early.expected_fen) == (True, 4_089)
        office.execute(mature(interest_fen=99_000), recording=live)
        ended, _ = last(office, 2)
        assert (ended.principal_fen, ended.expected_fen) == (6_000_000, 99_000)
        assert never(office, mature()) == ["lot-ended"]

    def test_without_interest_there_is_no_gain(self, office):
        office.execute(place())
        office.execute(withdraw(10_000_000, MATURES))
        assert isinstance(last(office)[0], TimeDepositEnded)

    def test_interest_waits_for_the_next_distribution(self, office):
        office.register("B1", {"101": 10_000})
        office.execute(office.deposit("B1", "101", 10_000_000, date(2023, 1, 1)))
        office.execute(place(), mature())
        done = office.distribute(date(2024, 12, 31))
        assert done.pool_fen == 165_000
        assert office.account("B1", "101").interest_fen == 165_000

    @pytest.mark.parametrize(
        ("command", "codes"),
        [
            (place(term_months=None), ["term-missing"]),
            (place(term_months=0), ["term-invalid"]),
            (place(matures_on=PLACED), ["maturity-before"]),
            (place(rate_bp=-1), ["rate-invalid"]),
            (place(rate_bp=10_000), ["rate-invalid"]),
            (place(amount_fen=0), ["amount-not-positive"]),
            (place(lot=" "), ["code-invalid"]),
            (place(placed_on=date(2026, 11, 24)), ["date-future"]),
            (place(placed_on=date(9999, 12, 31)), ["date-future"]),
            (mature("D9"), ["lot-unknown"]),
            (buy(face_fen=0, cost_fen=10**14), ["amount-not-positive", "amount-too-large"]),
            (buy(part="seller"), ["part-unknown"]),
            (buy(matures_on=date(2023, 3, 12)), ["maturity-before"]),
            (buy(consent=Consent(kind="assembly", document_no="1", on=date(2027, 1, 1))), ["date-future"]),
        ],
    )
    def test_what_no_ledger_takes(self, office, command, codes):
        assert never(office, command) == codes

    @pytest.mark.parametrize(
        ("command", "codes"),
        [
            (place(), ["lot-known"]),
            (mature(on=date(2024, 3, 14)), ["not-matured"]),
            (mature(interest_fen=-1), ["interest-negative"]),
            (withdraw(10_000_001, MATURES), ["lot-short"]),
            (withdraw(0, MATURES), ["amount-not-positive"]),
            (withdraw(1, date(2023, 3, 14)), ["date-before"]),
            (redeem(lot="D1"), ["lot-kind"]),
            (ReceiveBondInterest(**WHERE, lot="D1", received_on=MATURES, interest_fen=1), ["lot-kind"]),
            (EndInvestment(**WHERE, lot="D1", ended_on=MATURES, principal_fen=1), ["lot-kind"]),
        ],
    )
    def test_what_no_ledger_takes_of_a_lot(self, office, command, codes):
        office.execute(place())
        assert never(office, command) == codes

    def test_a_former_code_of_the_county_means_the_same_book(self, office):
        office.execute(PlaceDeposit(county="532331", fund="commodity", **{
            name: getattr(place(), name) for name in ("lot", "kind", "bank", "amount_fen", "rate_bp",
            "placed_on", "term_months")
        }))  # fmt: skip
        assert len(office.events("book/532302/commodity")) == 1

    @settings(deadline=None)  # each example makes an office of its own
    @given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=6), st.integers(0, 500_000))
    def test_what_came_back_and_what_is_out_is_what_was_placed(self, new_office, parts, interest):
        office = new_office()
        office.execute(place(amount_fen=sum(parts) + 1))
        for part in parts:
            office.execute(withdraw(part, date(2023, 6, 1), interest))
        office.execute(mature(interest_fen=interest))
        ended = [event for event in office.events(BOOK) if isinstance(event, TimeDepositEnded)]
        gains = [event for event in office.events(BOOK) if isinstance(event, BankGainsReceived)]
        assert [event.principal_fen for event in ended] == [*parts, 1]
        assert sum(line.amount_fen for gain in gains for line in gain.lines) == interest * len(ended)


class TestBonds:
    def test_a_new_bond_held_to_maturity(self, office, live):
        office.execute(buy(), recording=live)
        coupon = ReceiveBondInterest(**WHERE, lot="G1", received_on=date(2024, 3, 12), interest_fen=1_500_000)
        office.execute(coupon, recording=live)
        received, gain = last(office, 2)
        assert isinstance(received, BondInterestReceived)
        assert gain.lines == (GainLine(category="bond", amount_fen=1_500_000),)
        office.execute(redeem(interest_fen=3_000_000), recording=live)
        redeemed, gain = last(office, 2)
        assert isinstance(redeemed, BondRedeemed)
        assert (redeemed.early, redeemed.principal_fen) == (False, 50_000_000)
        assert gain.lines == (GainLine(category="bond", amount_fen=3_000_000),)

    IRREGULAR = (
        ("bond-channel", {"channel": "exchange"}),
        ("bond-not-new", {"bought_on": date(2023, 3, 20)}),
        ("bond-not-new", {"issue_from": None}),
        ("consent-missing", {"consent": None}),
        ("consent-missing", {"consent": Consent(kind="assembly", document_no=" ", on=date(2023, 3, 1))}),
        ("consent-kind", {"consent": Consent(kind="finance", document_no="1", on=date(2023, 3, 1))}),
        ("consent-late", {"consent": Consent(kind="assembly", document_no="1", on=date(2023, 3, 13))}),
    )

    @pytest.mark.parametrize(("code", "changes"), IRREGULAR)
    def test_an_irregular_purchase_is_refused_live_and_recorded_as_history(self, office, live, code, changes):
        assert refused(office, buy(**changes), live) == [(code, "165号令第26条")]
        office.execute(buy(**changes))
        assert last(office)[0].TOPIC == "bond-bought"

    def test_consent_of_the_day_itself_is_in_time(self, office, live):
        on = date(2023, 3, 12)
        consent = Consent(kind="owners-two-thirds", document_no="1", on=on)
        office.execute(buy(bought_on=on, consent=consent), recording=live)

    def test_the_selling_units_money_needs_the_finance_office(self, office, live):
        public = {"fund": "public", "part": "seller"}
        with pytest.raises(Refused) as caught:
            office.execute(buy(**public), recording=live)
        assert [found.code for found in caught.value.refusals] == ["consent-kind"]
        consent = Consent(kind="finance", document_no="楚财〔2023〕5号", on=date(2023, 3, 1))
        office.execute(buy(**public, consent=consent), recording=live)

    def test_a_bond_sold_early_is_refused_live_and_recorded_as_history_even_at_a_loss(self, office, live):
        office.execute(buy(), recording=live)
        sale = redeem(date(2024, 5, 6), interest_fen=-1_200_000)
        assert refused(office, sale, live) == [("bond-early", "165号令第26条")]
        office.execute(sale)
        redeemed, gain = last(office, 2)
        assert redeemed.early is True
        assert gain.lines == (GainLine(category="bond", amount_fen=-1_200_000),)

    def test_nobody_loses_more_than_the_cost(self, office):
        office.execute(buy())
        assert never(office, redeem(interest_fen=-50_000_001)) == ["interest-negative"]

    @pytest.mark.parametrize("kind", ["repo", "pledge", "wealth", "other"])
    def test_other_investments_are_refused_live_and_recorded_as_history(self, office, live, kind):
        assert refused(office, invest(kind), live) == [("investment-forbidden", "165号令第26条")]
        office.execute(invest(kind))
        assert last(office)[0].kind == kind

    def test_what_went_wrong_comes_back_live(self, office, live):
        office.execute(invest())
        office.execute(
            EndInvestment(**WHERE, lot="W1", ended_on=MATURES, principal_fen=6_000_000), recording=live
        )
        assert last(office)[0].kind == "wealth"
        assert never(office, EndInvestment(**WHERE, lot="W1", ended_on=MATURES, principal_fen=1_000_001)) == [
            "lot-short"
        ]


class TestOtherMoney:
    def test_petty_cash_goes_out_and_comes_back(self, office, live):
        office.execute(advance(50_000), hand_back(20_000), recording=live)
        assert never(office, hand_back(30_001)) == ["petty-cash-short"]
        assert never(office, hand_back(1, holder="p2")) == ["petty-cash-short"]
        office.execute(hand_back(30_000), recording=live)

    def test_other_income_and_bank_charges(self, office, live):
        income = RecordOtherIncome(**WHERE, amount_fen=100, received_on=PLACED, reason="滞纳金")
        office.execute(income, pay(), recording=live)
        assert [event.TOPIC for event in last(office, 2)] == ["other-income-received", "other-expense-paid"]

    @pytest.mark.parametrize("kind", ["office", "salary", "other"])
    def test_office_costs_are_refused_live_and_recorded_as_history(self, office, live, kind):
        assert refused(office, pay(kind), live) == [("expense-kind", "165号令第2、27条")]
        office.execute(pay(kind))
        assert last(office)[0].kind == kind

    @pytest.mark.parametrize(
        ("command", "codes"),
        [
            (pay(reason=" "), ["reason-missing"]),
            (pay(payee=None), ["payee-missing"]),
            (pay(payee_ref="p1"), ["payee-missing"]),
            (pay(amount_fen=-5), ["amount-not-positive"]),
            (advance(0), ["amount-not-positive"]),
            (RecordOtherIncome(**WHERE, amount_fen=1, received_on=PLACED, reason=""), ["reason-missing"]),
        ],
    )
    def test_what_no_ledger_takes(self, office, command, codes):
        assert never(office, command) == codes


class TestReversals:
    def test_an_end_goes_back_with_its_gain_on_its_day_and_once(self, office, live):
        office.execute(place(), mature())
        office.execute(reverse(2), recording=live)
        back, gains = last(office, 2)
        assert isinstance(back, TreasuryReversed)
        assert (back.version, back.value_date, back.kind) == (2, MATURES, "lot-ended")
        assert (back.amount_fen, back.interest_fen, back.lot) == (10_000_000, -165_000, "D1")
        assert isinstance(gains, GainsReversed)
        assert (gains.version, gains.value_date, gains.lines[0].amount_fen) == (3, MATURES, -165_000)
        assert refused(office, reverse(2), live) == [("already-reversed", None)]
        office.execute(mature(interest_fen=164_999), recording=live)

    def test_the_gain_does_not_go_back_alone(self, office, live):
        office.execute(place(), mature())
        assert refused(office, reverse(3), live) == [("gain-of-lot", None)]

    def test_a_lot_goes_back_after_what_came_of_it(self, office, live):
        office.execute(buy(), ReceiveBondInterest(**WHERE, lot="G1", received_on=MATURES, interest_fen=7))
        assert refused(office, reverse(1), live) == [("lot-moved", None)]
        office.execute(reverse(2), recording=live)
        office.execute(reverse(1), recording=live)
        office.execute(buy(), recording=live)

    def test_petty_cash_goes_back_as_long_as_it_is_out(self, office, live):
        office.execute(advance(50_000), hand_back(20_000))
        assert refused(office, reverse(1), live) == [("petty-cash-short", None)]
        office.execute(reverse(2), recording=live)
        office.execute(reverse(1), recording=live)
        assert never(office, hand_back(1)) == ["petty-cash-short"]

    @pytest.mark.parametrize("command", [pay(), invest(), pay("salary", payee=None, payee_ref="p7")])
    def test_each_goes_back_once(self, office, live, command):
        office.execute(command)
        office.execute(reverse(1, lines=(0,)), recording=live)
        assert refused(office, reverse(1), live) == [("already-reversed", None)]

    def test_a_reversal_says_why_and_takes_the_whole(self, office):
        office.execute(pay())
        assert never(office, ReverseEntry(stream=BOOK, version=1, reason=" ")) == ["reason-missing"]
        assert never(office, reverse(1, lines=(1,))) == ["line-unknown"]
        assert never(office, reverse(2)) == ["entry-unknown"]

    def test_a_reversed_gain_leaves_the_pool(self, office):
        office.register("B1", {"101": 10_000})
        office.execute(office.deposit("B1", "101", 1, date(2023, 1, 1)))
        office.execute(place(), mature())
        office.execute(reverse(3))
        with pytest.raises(Refused) as caught:
            office.distribute(date(2024, 12, 31))
        assert [found.code for found in caught.value.refusals] == ["pool-empty"]

"""Refunds: each draws on the deposit it gives back; live ones keep the rules, history is as it happened."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import refund
from ledger.building import Account
from ledger.commands import Refund, RefundDeposit, ReverseEntry
from ledger.errors import Refused
from ledger.events import CommandRefused, DepositRefunded, EntryReversed, RefundLine, ReversalLine
from ledger.identity import Part
from ledger.refund import Deposit, Source

PAID = date(2012, 5, 1)
BACK = date(2013, 3, 4)
T1 = date(2012, 12, 31)
B1 = "building/B1"


def give_back(*lines: Refund, reason="cancelled", on=BACK, building="B1") -> RefundDeposit:
    return RefundDeposit(building=building, reason=reason, refunded_on=on, lines=lines)


def line(amount_fen, receipt_no="7", unit="101", part=None) -> Refund:
    return Refund(unit=unit, amount_fen=amount_fen, receipt_no=receipt_no, part=part)


def refused(office, recording, *commands):
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


@pytest.fixture
def paid(office):
    """101 has deposited 1,000.00 by receipt 7 and 50.00 by receipt 8, and earned 30.00 of interest."""
    office.register("B1", {"101": 8931, "102": 10247})
    office.execute(
        office.deposit("B1", "101", 100_000, PAID, "7"),
        office.deposit("B1", "101", 5_000, PAID, "8", kind="top-up"),
        office.gains(3_000, on=T1),
    )
    office.distribute(T1)
    assert office.balances("B1")["B1", "101"] == (105_000, 3_000)
    return office


class TestLive:
    def test_a_deposit_goes_back_and_the_event_says_which(self, paid, live):
        asked = Refund(unit="101", amount_fen=100_000, receipt_no="7", payee_ref="p1", bank_ref="b")
        paid.execute(give_back(asked), recording=live)
        event = paid.building_events("B1")[-1]
        assert isinstance(event, DepositRefunded)
        assert (event.reason, event.value_date, event.origin) == ("cancelled", BACK, "live")
        assert event.lines == (
            RefundLine(
                unit="101",
                principal_fen=100_000,
                interest_fen=0,
                deposit=f"{B1}@3",
                deposit_line=0,
                deposited_on=PAID,
                deposit_kind="first",
                receipt_no="7",
                payee_ref="p1",
                bank_ref="b",
            ),
        )
        assert paid.balances("B1")["B1", "101"] == (5_000, 3_000)

    def test_the_day_and_kind_of_the_deposit_are_kept(self, paid, live):
        paid.execute(give_back(line(10, "8")), recording=live)
        (only,) = paid.building_events("B1")[-1].lines
        assert (only.deposited_on, only.deposit_kind) == (PAID, "top-up")

    def test_the_part_is_that_of_the_deposit(self, office, live):
        office.register("B1", {"101": 8931}, "public")
        office.execute(office.deposit("B1", "101", 500, PAID, "7", part="seller"))
        office.execute(give_back(line(200)), recording=live)
        assert office.balances("B1") == {("B1", "101"): (0, 0), ("B1", "101/seller"): (300, 0)}

    def test_a_destroyed_unit_gets_its_whole_balance_without_a_receipt(self, paid, live):
        paid.execute(give_back(line(108_000, None), reason="destroyed"), recording=live)
        (only,) = paid.building_events("B1")[-1].lines
        assert (only.principal_fen, only.interest_fen, only.deposit) == (105_000, 3_000, None)
        assert paid.balances("B1")["B1", "101"] == (0, 0)


CASES = {
    "no receipt": (line(1, None), {}, ("deposit-unknown", "receipt_no", 0), "财会〔2020〕7号（返还支出）"),
    "unknown receipt": (
        line(1, "9"),
        {},
        ("deposit-unknown", "receipt_no", 0),
        "财会〔2020〕7号（返还支出）",
    ),
    "another unit's receipt": (
        line(1, "7", "102"),
        {},
        ("deposit-unknown", "receipt_no", 0),
        "财会〔2020〕7号（返还支出）",
    ),
    "one fen too much": (
        line(5_001, "8"),
        {},
        ("refund-exceeds", "amount_fen", 0),
        "财会〔2020〕7号（返还支出）",
    ),
    "before the deposit": (
        line(1),
        {"on": date(2012, 4, 30)},
        ("refund-early", "refunded_on", 0),
        "财会〔2020〕7号（返还支出）",
    ),
    "more than the account holds": (
        line(108_001, None),
        {"reason": "destroyed"},
        ("balance-short", "amount_fen", 0),
        "165号令第10条",
    ),
}


class TestRules:
    @pytest.mark.parametrize(("wrong", "changes", "found", "basis"), CASES.values(), ids=CASES)
    def test_a_refusal_is_recorded_once_and_nothing_else(self, paid, live, wrong, changes, found, basis):
        before = paid.everything()
        with pytest.raises(Refused) as caught:
            paid.execute(give_back(wrong, **changes), recording=live)
        first = caught.value.refusals[0]
        assert (first.code, first.field, first.line) == found
        assert first.basis == basis
        grown = [row for row in paid.everything() if row not in before]
        assert len(grown) == 1
        (kept,) = paid.events(grown[0][0])
        assert isinstance(kept, CommandRefused)
        assert (kept.command, kept.subject, kept.codes[0]) == ("refund-deposit", "B1", found[0])

    @pytest.mark.parametrize(("wrong", "changes", "found", "basis"), CASES.values(), ids=CASES)
    def test_the_same_as_history_is_recorded(self, paid, history, wrong, changes, found, basis):
        before = len(paid.everything())
        paid.execute(give_back(wrong, **changes), recording=history)
        assert len(paid.everything()) == before + 1
        assert paid.building_events("B1")[-1].TOPIC == "deposit-refunded"

    def test_a_deposit_given_back_in_full_goes_back_once(self, paid, live):
        paid.execute(give_back(line(5_000, "8")), recording=live)
        assert refused(paid, live, give_back(line(5_000, "8"))) == [("refund-twice", "receipt_no", 0)]

    def test_what_went_back_before_counts(self, paid, live):
        paid.execute(give_back(line(3_000, "8")), recording=live)
        assert refused(paid, live, give_back(line(2_001, "8"))) == [("refund-exceeds", "amount_fen", 0)]
        paid.execute(give_back(line(2_000, "8")), recording=live)

    def test_lines_and_commands_of_one_batch_see_those_before(self, paid, live):
        twice = give_back(line(3_000, "8"), line(3_000, "8"))
        assert refused(paid, live, twice) == [("refund-exceeds", "amount_fen", 1)]
        commands = give_back(line(5_000, "8")), give_back(line(1, "8"), reason="overpaid")
        assert refused(paid, live, *commands) == [("refund-twice", "receipt_no", 0)]

    def test_a_batch_may_deposit_and_give_back(self, paid, live):
        paid.execute(
            paid.deposit("B1", "102", 70, PAID, "9"), give_back(line(70, "9", "102")), recording=live
        )
        assert paid.balances("B1")["B1", "102"] == (0, 0)

    def test_the_account_must_hold_it_whatever_the_deposit_was(self, paid, live):
        paid.execute(give_back(line(100_000, None), reason="destroyed"))
        assert refused(paid, live, give_back(line(8_001))) == [("balance-short", "amount_fen", 0)]

    def test_a_reversed_deposit_cannot_go_back(self, paid, live):
        paid.execute(ReverseEntry(stream=B1, version=4, reason="录错"))
        assert refused(paid, live, give_back(line(1, "8"))) == [("deposit-unknown", "receipt_no", 0)]

    @pytest.mark.parametrize("recording", ["live", "history"])
    def test_what_no_ledger_may_take(self, paid, request, recording):
        said = request.getfixturevalue(recording)
        assert refused(paid, said, give_back(on=date(2026, 11, 24))) == [
            ("date-future", "refunded_on", None),
            ("lines-missing", "lines", None),
        ]
        assert refused(paid, said, give_back(line(1), building="B9")) == [
            ("building-unknown", "building", None)
        ]
        lines = line(0), line(10**14), line(1, unit="999"), line(1, part="seller")
        found = refused(paid, said, give_back(*lines, reason="destroyed"))
        assert [each for each in found if each[0] != "balance-short"] == [
            ("amount-not-positive", "amount_fen", 0),
            ("amount-too-large", "amount_fen", 1),
            ("unit-unknown", "unit", 2),
            ("part-unknown", "part", 3),
        ]


class TestReversal:
    def test_a_reversed_refund_leaves_the_deposit_as_it_was(self, paid, live):
        paid.execute(give_back(line(5_000, "8")), recording=live)
        version = len(paid.building_events("B1"))
        paid.execute(ReverseEntry(stream=B1, version=version, reason="退错户"), recording=live)
        event = paid.building_events("B1")[-1]
        assert isinstance(event, EntryReversed)
        assert event.value_date == BACK
        assert event.lines == (ReversalLine(line=0, unit="101", kind="refund", principal_fen=5_000),)
        assert paid.balances("B1")["B1", "101"] == (105_000, 3_000)
        paid.execute(give_back(line(5_000, "8")), recording=live)

    def test_live_a_deposit_given_back_is_reversed_after_its_refund(self, paid, live):
        paid.execute(give_back(line(1, "8")), recording=live)
        version = len(paid.building_events("B1"))
        whole = ReverseEntry(stream=B1, version=4, reason="录错")
        assert refused(paid, live, whole) == [("refund-stands", "lines", None)]
        by_line = ReverseEntry(stream=B1, version=4, reason="录错", lines=(0,))
        assert refused(paid, live, by_line) == [("refund-stands", "lines", 0)]
        paid.execute(ReverseEntry(stream=B1, version=version, reason="退错户"), whole, recording=live)
        assert paid.balances("B1")["B1", "101"] == (100_000, 3_000)

    def test_history_reverses_it_as_it_happened(self, paid, history):
        paid.execute(give_back(line(5_000, "8")))
        paid.execute(ReverseEntry(stream=B1, version=4, reason="录错"), recording=history)
        assert paid.balances("B1")["B1", "101"] == (95_000, 3_000)


class TestHistory:
    def test_a_second_refund_takes_interest_and_then_principal(self, paid):
        paid.execute(give_back(line(5_000, "8")))
        paid.execute(give_back(line(5_000, "8")))
        (again,) = paid.building_events("B1")[-1].lines
        assert (again.principal_fen, again.interest_fen, again.deposit) == (2_000, 3_000, f"{B1}@4")

    def test_an_account_may_run_below_zero(self, paid):
        paid.execute(give_back(line(200_000, None)))
        assert paid.balances("B1")["B1", "101"] == (-92_000 + 0, 0)

    def test_of_two_deposits_with_one_receipt_the_one_with_money_left_goes_back(self, paid):
        paid.execute(paid.deposit("B1", "101", 9, T1, "8"))
        paid.execute(give_back(line(5_000, "8"), line(9, "8")))
        assert [given.deposit for given in paid.building_events("B1")[-1].lines] == [f"{B1}@4", f"{B1}@6"]


class Rival:
    """A log before which another officer acts once, just when we append."""

    def __init__(self, log, act):
        self._log, self._act = log, act

    def __getattr__(self, name):
        return getattr(self._log, name)

    def append(self, *args, **more):
        act, self._act = self._act, lambda: None
        act()
        return self._log.append(*args, **more)


def test_of_two_officers_at_the_same_moment_one_gives_the_deposit_back(paid, new_office, live):
    ours = new_office(Rival(paid.memory, lambda: paid.execute(give_back(line(5_000, "8")))))
    assert refused(ours, live, give_back(line(5_000, "8"))) == [("refund-twice", "receipt_no", 0)]
    assert paid.balances("B1")["B1", "101"] == (100_000, 3_000)


def test_a_refund_weighs_from_its_own_day(new_office):
    """Money that leaves counts against the account from its value date, also when it is recorded late."""
    gains = 10_000
    early, late = new_office(), new_office()
    for office in (early, late):
        office.register("B1", {"101": 1, "102": 1})
        office.execute(
            office.deposit("B1", "101", 100_000, date(2012, 12, 22), "7"),
            office.deposit("B1", "102", 100_000, date(2012, 12, 22), "8"),
            office.gains(gains, on=T1),
        )
    early.execute(give_back(line(100_000), on=date(2012, 12, 27)))
    early.distribute(T1)
    # 101 weighs 5 of its 10 days: 1/3 of the pool.
    assert early.balances("B1") == {("B1", "101"): (0, 3_333), ("B1", "102"): (100_000, 6_667)}
    late.distribute(T1)
    late.execute(give_back(line(100_000), on=date(2012, 12, 27)), late.gains(gains, on=date(2013, 1, 10)))
    late.distribute(date(2013, 1, 10))
    # 105,000 × 10 days settled − 100,000 × 15 days is below zero and weighs nothing.
    assert late.balances("B1")["B1", "101"] == (0, 5_000)


FEN = st.integers(0, 10**6)


def source(principal, interest, left) -> Source:
    part: Part = "owner"
    deposit = None
    if left is not None:
        deposit = Deposit((3, 0), "101", part, "first", PAID, "7", left, 0)
    return Source(part, Account(principal, interest), deposit)


@given(
    amount=st.integers(1, 10**6),
    principal=st.integers(-(10**6), 10**6),
    interest=st.integers(-(10**6), 10**6),
    left=st.none() | FEN,
)
def test_a_split_adds_up_and_never_overdraws_the_interest(amount, principal, interest, left):
    out, earned = refund.split(source(principal, interest, left), amount)
    assert out + earned == amount
    assert out >= 0
    assert 0 <= earned <= max(interest, 0)
    if left is None and min(principal, interest) >= 0 and amount <= principal + interest:
        assert out == min(amount, principal)
    if left is not None and earned < max(interest, 0):
        assert out <= min(left, max(principal, 0))


@given(
    deposits=st.lists(st.integers(1, 1000), min_size=1, max_size=4),
    asked=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 600)), max_size=12),
)
def test_live_no_more_goes_back_than_came_whatever_is_asked(new_office_of_deposits, deposits, asked):
    """Against a plain model: what is left of each deposit."""
    office, live = new_office_of_deposits(deposits)
    left = dict(enumerate(deposits))
    for number, amount in asked:
        try:
            office.execute(give_back(line(amount, f"r{number}")), recording=live)
        except Refused:
            assert amount > left.get(number, 0)
        else:
            left[number] -= amount
            assert left[number] >= 0
    assert office.account("B1", "101").balance_fen == sum(left.values())


@pytest.fixture(scope="session")
def new_office_of_deposits(new_office):
    from ledger.commands import Recording

    def opened(amounts):
        office = new_office()
        office.register("B1", {"101": 8931})
        office.execute(
            *(
                office.deposit("B1", "101", amount, PAID, f"r{number}")
                for number, amount in enumerate(amounts)
            )
        )
        return office, Recording(actor="officer-1", refusals_kept=False)

    return opened

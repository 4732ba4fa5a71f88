"""The lots of the books: open amounts at any day and position, what they should earn, what the bank sees."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from ledger import policy
from ledger.application import Application
from ledger.commands import (
    AdvancePettyCash,
    BuyBond,
    MatureDeposit,
    PlaceDeposit,
    ReceiveBondInterest,
    Recording,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    RedeemBond,
    ReturnPettyCash,
    ReverseEntry,
    WithdrawDeposit,
)
from projections.bank_match import bank_match
from projections.bank_moves import bank_moves
from projections.book_entries import book_entries
from projections.lots import open_lots
from projections.rebuild import check
from projections.summary import summary

BOOK = {"county": "532301", "fund": "commodity", "account": "A1"}
PLACED, MATURES = date(2023, 3, 15), date(2024, 3, 15)


class Treasurer:
    def __init__(self, log, follower, database):
        self.application = Application(log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
        self.follower = follower
        self.engine = database.engine

    def do(self, *commands):
        done = self.application.execute(commands, Recording(actor="o", origin="history"))
        self.follower.catch_up()
        return done

    def place(self, lot="D1", amount_fen=1_000_000, **changes):
        terms = {"kind": "time", "bank": "农行", "rate_bp": 150, "term_months": 12, "placed_on": PLACED}
        return self.do(PlaceDeposit(**{**BOOK, **terms, "lot": lot, "amount_fen": amount_fen, **changes}))

    def take_back(self, event):
        stream, _, version = event.rpartition("@")
        return self.do(ReverseEntry(stream=stream, version=int(version), reason="错"))

    def open(self, on=MATURES, **cuts):
        with self.engine.connect() as connection:
            found = open_lots(connection, on, **cuts)
        return {lot.lot: (lot.open, lot.expected) for lot in found.lots}

    def rows(self, table, *columns):
        with self.engine.connect() as connection:
            wanted = select(*(table.c[name] for name in columns)).order_by(table.c.position, table.c.line)
            return [tuple(row) for row in connection.execute(wanted)]


@pytest.fixture
def treasurer(event_log, follower, database):
    return Treasurer(event_log, follower, database)


def test_a_lot_is_open_until_it_is_all_back_on_any_day(treasurer):
    treasurer.place()
    part = WithdrawDeposit(
        **BOOK, lot="D1", ended_on=date(2023, 9, 1), principal_fen=400_000, interest_fen=300
    )
    early = treasurer.do(part)
    treasurer.do(MatureDeposit(**BOOK, lot="D1", ended_on=MATURES, interest_fen=9_000))

    assert treasurer.open(date(2023, 3, 14)) == {}
    assert treasurer.open(PLACED) == {"D1": ("10000.00", "150.00")}
    assert treasurer.open(date(2023, 9, 1)) == {"D1": ("6000.00", "90.00")}
    assert treasurer.open() == {}
    assert treasurer.open(position=early.position) == {"D1": ("6000.00", "90.00")}
    assert check(treasurer.engine).differences == ()


def test_what_a_list_says_of_a_lot(treasurer):
    treasurer.place(renew=True)
    with treasurer.engine.connect() as connection:
        found = open_lots(connection, date(2024, 3, 1))
    [lot] = found.lots
    assert (lot.book, lot.kind, lot.name, lot.rate) == ("532301/commodity", "time", "农行", "1.50")
    assert (lot.amount, lot.received, lot.days, lot.renew) == ("10000.00", "0.00", 14, True)
    assert (lot.event, found.open) == ("book/532301/commodity@1", "10000.00")


def test_past_maturity_the_demand_rate_and_after_a_renewal_nobody_knows(treasurer):
    treasurer.place()
    treasurer.place("D2", renew=True)
    treasurer.place("N1", kind="notice", term_months=None)
    # 10,000.00 × 0.20 % × 10 ÷ 360 = 0.56; notice: 10,000.00 × 1.50 % × 376 ÷ 360 = 156.67
    assert treasurer.open(date(2024, 3, 25)) == {
        "D1": ("10000.00", "150.56"),
        "D2": ("10000.00", None),
        "N1": ("10000.00", "156.67"),
    }


def test_those_that_mature_soon_or_should_have(treasurer):
    treasurer.place()
    treasurer.place("D2", term_months=24)
    treasurer.place("N1", kind="notice", term_months=None)
    assert list(treasurer.open(date(2024, 3, 1), within=14)) == ["D1"]
    assert list(treasurer.open(date(2024, 3, 1), within=13)) == []
    assert list(treasurer.open(date(2025, 3, 1), within=14)) == ["D1", "D2"]
    assert list(treasurer.open(date(2025, 3, 1))) == ["D1", "D2", "N1"]


def test_a_book_and_the_counties_asked_for(treasurer):
    treasurer.place()
    treasurer.place("P1", fund="public")
    treasurer.place("Y1", county="532322")
    assert set(treasurer.open(book=("532301", "public"))) == {"P1"}
    assert set(treasurer.open(counties=("532322",))) == {"Y1"}
    assert set(treasurer.open(counties=())) == set()


def test_a_lot_placed_anew_under_its_code_after_a_reversal(treasurer):
    done = treasurer.place(amount_fen=1)
    treasurer.take_back(done.events[0])
    assert treasurer.open() == {}
    treasurer.place(amount_fen=2_000_000)
    assert treasurer.open() == {"D1": ("20000.00", "300.00")}


def everything(treasurer):
    """Every kind of event, each on account A1; the bond's end and one expense are taken back."""
    day = PLACED
    treasurer.place(bank_ref="r1")
    treasurer.do(MatureDeposit(**BOOK, lot="D1", ended_on=MATURES, interest_fen=15_000, bank_ref="r2"))
    bond = BuyBond(
        **BOOK, lot="G1", issue_code="1", issue_name="国债", channel="counter", face_fen=500, cost_fen=501,
        rate_bp=300, bought_on=day, matures_on=MATURES,
    )  # fmt: skip
    treasurer.do(bond, ReceiveBondInterest(**BOOK, lot="G1", received_on=MATURES, interest_fen=7))
    sold = treasurer.do(RedeemBond(**BOOK, lot="G1", redeemed_on=MATURES, principal_fen=501, interest_fen=-1))
    treasurer.take_back(sold.events[0])
    pledge = {"kind": "pledge", "amount_fen": 501, "invested_on": day, "description": "质押"}
    treasurer.do(RecordInvestment(**BOOK, lot="G1-P", **pledge))
    treasurer.do(AdvancePettyCash(**BOOK, holder_ref="p1", amount_fen=50, advanced_on=day))
    treasurer.do(ReturnPettyCash(**BOOK, holder_ref="p1", amount_fen=20, returned_on=day))
    treasurer.do(RecordOtherIncome(**BOOK, amount_fen=9, received_on=day, reason="滞纳金"))
    fee = RecordOtherExpense(
        **BOOK, kind="bank-charge", amount_fen=4, paid_on=day, reason="手续费", payee="农行"
    )
    treasurer.do(fee)
    treasurer.take_back(treasurer.do(fee).events[0])


def test_what_moves_at_the_bank(treasurer):
    everything(treasurer)
    assert treasurer.rows(bank_moves, "kind", "amount_fen", "bank_ref", "reverses_line") == [
        ("lot-placed", -1_000_000, "r1", None),
        ("lot-ended", 1_000_000, "r2", None),
        ("gain", 15_000, "r2", None),
        ("lot-placed", -501, None, None),
        ("gain", 7, None, None),
        ("lot-ended", 501, None, None),
        ("gain", -1, None, None),
        ("lot-ended", -501, None, 0),
        ("gain", 1, None, 0),
        ("petty-cash", -50, None, None),
        ("petty-cash", 20, None, None),
        ("other-income", 9, None, None),
        ("other-expense", -4, None, None),
        ("other-expense", -4, None, None),
        ("other-expense", 4, None, 0),
    ]
    assert check(treasurer.engine).differences == ()


def test_the_statement_of_the_bank_matches(treasurer, town):
    everything(treasurer)
    town.statement("A1", PLACED, (-1_000_000, "r1"), -501, -50, 20, 9, -4)
    town.statement("A1", MATURES, (1_015_000, "r2"), 7)
    treasurer.follower.catch_up()
    with treasurer.engine.connect() as connection:
        found = bank_match(connection, "A1")
    assert found is not None
    assert (found.lines, found.matched, found.days) == (8, 8, ())


def test_the_totals_know_other_money_and_a_lot_changes_none(treasurer):
    everything(treasurer)
    assert treasurer.rows(book_entries, "kind", "category", "amount_fen", "reversal")[-6:] == [
        ("petty-cash", None, 50, False),
        ("petty-cash", None, -20, False),
        ("other-income", None, 9, False),
        ("other-expense", "bank-charge", 4, False),
        ("other-expense", "bank-charge", 4, False),
        ("other-expense", None, -4, True),
    ]
    with treasurer.engine.connect() as connection:
        total = summary(connection).total
    assert (total.growth, total.other, total.balance, total.undistributed) == (
        "150.07",
        "0.05",
        "150.12",
        "150.12",
    )

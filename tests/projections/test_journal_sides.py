"""Which account an event debits and which it credits, and that a reversal stands on the same sides in red."""

from datetime import date
from random import Random

import pytest

from audit.compare import compare
from audit.replay import replay
from ledger.events import (
    BondBought,
    BondRedeemed,
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositRefunded,
    EntryReversed,
    MoveLine,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentLine,
    ObligationPaymentReversed,
    ObligationReversalLine,
    PettyCashAdvanced,
    PettyCashReturned,
    RefundLine,
    ReversalLine,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryReversed,
    UnitsChanged,
    WithdrawalReturned,
)
from ledger.events.custody import CustodyLine
from ledger.events.payment import ReturnLine
from ledger.store.feed import Feed
from tests.projections.conftest import said
from tests.projections.test_journal import close, lines, rows
from tests.projections.test_statements import built, form

DAY, BEFORE = date(2019, 6, 5), date(2018, 3, 5)
BUILDING, BOOK = "building/B1", "book/532301/commodity"


def refund(deposited_on):
    line = RefundLine(unit="101", principal_fen=90, interest_fen=10, deposited_on=deposited_on)
    return DepositRefunded(reason="cancelled", lines=(line,), **said(DAY))


def returned(paid_on):
    line = ReturnLine(unit="101", principal_fen=90, interest_fen=10)
    names = {"returned": "repair/532301/P1@2", "payment": "repair/532301/P1@1", "paid_on": paid_on}
    return WithdrawalReturned(lines=(line,), **names, **said(DAY))


def custody(kind):
    line = CustodyLine(unit="101", principal_fen=90, interest_fen=10)
    return kind(assembly="大会", lines=(line,), **said(DAY))


def destroyed():
    line = ObligationLine(unit="101", principal_fen=90, interest_fen=10, payee="owner")
    return BuildingDestroyed(destroyed_on=DAY, lines=(line,), **said(DAY))


def lot(made, day=DAY, **terms):
    return made(lot="D1", **terms, **said(day))


TIME = {"kind": "time"}
BOND = {"issue_code": "1", "issue_name": "国债", "channel": "counter", "face_fen": 100, "cost_fen": 100}
TERMS = {"rate_bp": 150, "matures_on": date(2030, 1, 1)}
BACK = {"principal_fen": 100, "interest_fen": 0, "early": False}
PETTY = {"holder_ref": "h", "amount_fen": 100}

ON_UNITS = [
    pytest.param(refund(DAY), "4001", "100101", "refund", -1, id="a refund of this year"),
    pytest.param(refund(BEFORE), "5101", "100101", "refund", -1, id="a refund of an earlier year"),
    pytest.param(refund(None), "5101", "100101", "refund", -1, id="a refund of nobody knows what"),
    pytest.param(returned(DAY), "100101", "5001", "return", 1, id="repair money back in its year"),
    pytest.param(returned(BEFORE), "100101", "3001", "return", 1, id="repair money back a year later"),
    pytest.param(custody(CustodyTransferredOut), "3001", "100101", "custody", -1, id="custody out"),
    pytest.param(custody(CustodyTransferredIn), "100101", "3001", "custody", 1, id="custody back"),
    pytest.param(destroyed(), "5101", "2001", "refund", -1, id="a building destroyed"),
]

ON_BOOKS = [
    pytest.param(
        lot(TimeDepositPlaced, bank="农行", amount_fen=100, **TIME, **TERMS),
        "100102",
        "100101",
        {"kind": "lot-placed", "lot": "D1", "lot_kind": "time", "amount_fen": -100},
        id="a time deposit",
    ),
    pytest.param(
        lot(TimeDepositEnded, **TIME, **BACK),
        "100101",
        "100102",
        {"kind": "lot-ended", "lot": "D1", "lot_kind": "time", "amount_fen": 100},
        id="a time deposit that ends",
    ),
    pytest.param(
        lot(BondBought, **BOND, **TERMS),
        "1101",
        "100101",
        {"kind": "lot-placed", "lot": "D1", "lot_kind": "bond", "amount_fen": -100},
        id="a bond",
    ),
    pytest.param(
        lot(BondRedeemed, **BACK),
        "100101",
        "1101",
        {"kind": "lot-ended", "lot": "D1", "lot_kind": "bond", "amount_fen": 100},
        id="a bond redeemed",
    ),
    pytest.param(
        PettyCashAdvanced(**PETTY, **said(DAY)),
        "1201",
        "100101",
        {"kind": "petty-cash", "amount_fen": -100},
        id="petty cash",
    ),
    pytest.param(
        PettyCashReturned(**PETTY, **said(DAY)),
        "100101",
        "1201",
        {"kind": "petty-cash", "amount_fen": 100},
        id="petty cash back",
    ),
]


def vouchers(database):
    """What each voucher but the closings debits and credits, in order."""
    found = {}
    for line in lines(database):
        if line.entry != "closing":
            sides = found.setdefault((line.period, line.number), [])
            sides.append(
                ("debit" if line.debit_fen else "credit", line.account, line.debit_fen or line.credit_fen)
            )
    return [sorted(sides, reverse=True) for _, sides in sorted(found.items())]


def sound(database, year):
    """The statements of a year balance, and the audit finds the same vouchers."""
    assert [check for check in built(database, year).checks if not check.holds] == []
    witness = replay(Feed(database.engine))
    with database.engine.connect() as connection:
        problems = list(compare(connection, witness, witness.position))
    assert [each for each in problems if each.table in ("read.postings", "read.vouchers")] == []


def pair(debit, credit, amount):
    return [("debit", debit, amount), ("credit", credit, amount)]


def undone(version, event, kind, sign):
    line = ReversalLine(line=0, unit="101", kind=kind, principal_fen=-90 * sign, interest_fen=-10 * sign)
    obligation = isinstance(event, BuildingDestroyed)
    return EntryReversed(version=version, reason="错", obligation=obligation, lines=(line,), **said(DAY))


@pytest.mark.parametrize(("event", "debit", "credit", "kind", "sign"), ON_UNITS)
def test_an_entry_of_a_unit_account_and_its_reversal_in_red(
    town, follower, database, event, debit, credit, kind, sign
):
    town.open("B1", ("101",))
    version = town.append(BUILDING, event)
    town.append(BUILDING, undone(version, event, kind, sign))
    follower.catch_up()
    assert vouchers(database) == [pair(debit, credit, 100), pair(debit, credit, -100)]
    sound(database, "2019")


@pytest.mark.parametrize(("event", "debit", "credit", "kind", "sign"), ON_UNITS)
def test_reversed_after_the_year_was_closed_it_adjusts_the_fund(
    town, follower, database, event, debit, credit, kind, sign
):
    town.open("B1", ("101",))
    version = town.append(BUILDING, event)
    close(town, "2019-12")
    follower.catch_up()
    before = built(database, "2019").forms
    town.append(BUILDING, undone(version, event, kind, sign))
    follower.catch_up()
    assert built(database, "2019").forms == before

    closes = {"4001": "3001", "5001": "3001", "5101": "3001"}
    red = pair(closes.get(debit, debit), closes.get(credit, credit), -100)
    assert vouchers(database)[-1] == red
    changes = form(built(database, "2020"), "03")
    amount = "-1.00" if sign > 0 else "1.00"
    assert changes["二、以前年度调整（减少以“-”号填列）"] == (amount, "0.00", amount)
    assert changes["三、本年年初余额"] == changes["五、本年年末余额"] == ("0.00", "0.00", "0.00")
    assert set(form(built(database, "2020"), "02")["三、本期收支差额"][:1]) == {"0.00"}
    sound(database, "2020")


@pytest.mark.parametrize(("event", "debit", "credit", "back"), ON_BOOKS)
def test_money_of_a_book_laid_out_and_its_reversal_in_red(
    town, follower, database, event, debit, credit, back
):
    version = town.append(BOOK, event)
    town.append(BOOK, TreasuryReversed(version=version, reason="错", **back, **said(DAY)))
    follower.catch_up()
    assert vouchers(database) == [pair(debit, credit, 100), pair(debit, credit, -100)]
    sound(database, "2019")


def test_what_is_owed_is_paid_and_the_payment_taken_back(town, follower, database):
    town.open("B1", ("101",))
    owed = town.append(BUILDING, destroyed())
    line = ObligationPaymentLine(line=0, unit="101", amount_fen=100, payee="owner")
    paid = town.append(BUILDING, ObligationPaid(obligation=owed, lines=(line,), **said(DAY)))
    opposite = ObligationReversalLine(line=0, owed=0, unit="101", amount_fen=-100)
    back = {"version": paid, "obligation": owed, "reason": "错"}
    town.append(BUILDING, ObligationPaymentReversed(lines=(opposite,), **back, **said(DAY)))
    follower.catch_up()
    assert vouchers(database)[1:] == [pair("2001", "100101", 100), pair("2001", "100101", -100)]
    sound(database, "2019")


def test_a_year_without_entries_carries_the_balances_over(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", BEFORE, {"101": 1000})
    follower.catch_up()
    empty = built(database, "2021")
    assert form(empty, "01")["资产总计"] == ("10.00", "10.00")
    assert form(empty, "02")["三、本期收支差额"] == ("0.00", None)
    assert form(empty, "03")["五、本年年末余额"] == ("10.00", "0.00", "10.00")
    sound(database, "2021")


def test_two_books_of_one_building_have_a_voucher_each_for_one_event(town, follower, database):
    town.open("B1", ("101",))
    town.open("B2", ("201",), fund="public")
    town.deposit("B2", DAY, {"201": 5}, part="seller")
    town.deposit("B1", DAY, {"101": 7})
    follower.catch_up()
    found = {(line.fund, line.number, line.account, line.part) for line in lines(database)}
    assert found == {
        ("commodity", 1, "100101", None),
        ("commodity", 1, "4001", "owner"),
        ("public", 1, "100101", None),
        ("public", 1, "4001", "seller"),
    }


def test_a_closing_before_any_voucher_sends_what_comes_later_to_the_next_month(town, follower, database):
    close(town, "2019-06")
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 1000})
    follower.catch_up()
    assert {(line.period, line.number) for line in lines(database)} == {("2019-07", 1)}
    assert form(built(database, "2019-06"), "01")["资产总计"] == ("0.00", "0.00")
    assert form(built(database, "2019-07"), "02")["交存收入"] == ("10.00", "10.00")
    sound(database, "2019-06")


def lines_of(kind, amount, **more):
    return (kind(unit="101", principal_fen=amount, interest_fen=amount // 9, **more),)


def other(random, day):
    """An event that moves money of B1 in one of the rarer ways, with what a reversal of it says."""
    amount, then = random.randint(1, 10**6), date(random.randint(2016, 2019), 3, 5)
    match random.choice(["refund", "return", "custody", "back", "destroyed"]):
        case "refund":
            lines = lines_of(RefundLine, amount, deposited_on=random.choice((then, None)))
            return DepositRefunded(reason="overpaid", lines=lines, **said(day)), "refund", -amount
        case "return":
            names = {"returned": "repair/532301/P1@2", "payment": "repair/532301/P1@1", "paid_on": then}
            lines = lines_of(ReturnLine, amount)
            return WithdrawalReturned(lines=lines, **names, **said(day)), "return", amount
        case "custody":
            lines = lines_of(CustodyLine, amount)
            return CustodyTransferredOut(assembly="大会", lines=lines, **said(day)), "custody", -amount
        case "back":
            return CustodyTransferredIn(lines=lines_of(CustodyLine, amount), **said(day)), "custody", amount
        case _:
            lines = lines_of(ObligationLine, amount, payee="owner")
            return BuildingDestroyed(destroyed_on=day, lines=lines, **said(day)), "refund", -amount


def moved(random, day):
    """Unit 101 is split in 102 and 103, which get what it had in one of two ways."""
    part, interest = random.randint(1, 10**5), random.randint(0, 500)
    lines = tuple(
        MoveLine(unit=unit, principal_fen=share * part, interest_fen=share * interest)
        for unit, share in (("101", -3), ("102", 1), ("103", 2))
    )
    return UnitsChanged(reason="split", before=(), after=(), lines=lines, document_no="1", **said(day))


def treasury(random, day):
    amount = random.randint(1, 10**6)
    petty = {"holder_ref": "h", "amount_fen": amount}
    match random.choice(["time", "ended", "bond", "redeemed", "petty", "back"]):
        case "time":
            return lot(TimeDepositPlaced, day, bank="农行", amount_fen=amount, **TIME, **TERMS)
        case "ended":
            return lot(TimeDepositEnded, day, **TIME, **BACK | {"principal_fen": amount})
        case "bond":
            return lot(BondBought, day, **BOND | {"cost_fen": amount}, **TERMS)
        case "redeemed":
            return lot(BondRedeemed, day, **BACK | {"principal_fen": amount})
        case "petty":
            return PettyCashAdvanced(**petty, **said(day))
        case _:
            return PettyCashReturned(**petty, **said(day))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_invariant_holds_for_what_is_rare_too(town, follower, database, seed):
    random = Random(seed)
    town.open("B1", ("101", "102", "103"))
    done, owed, closed = [], [], 2016 * 12
    for _ in range(90):
        day = date(random.randint(2016, 2019), random.randint(1, 12), random.randint(1, 28))
        match random.choice("uuuumbbrrpc"):
            case "u":
                event, kind, amount = other(random, day)
                version = town.append(BUILDING, event)
                if isinstance(event, BuildingDestroyed):
                    owed.append((version, -amount))
                else:
                    done.append((version, event, kind, amount))
            case "m":
                town.append(BUILDING, moved(random, day))
            case "b":
                town.append(BOOK, treasury(random, day))
            case "r" if done:
                version, event, kind, amount = done.pop(random.randrange(len(done)))
                interest = event.lines[0].interest_fen * (-1 if amount < 0 else 1)
                amounts = {"principal_fen": -amount, "interest_fen": -interest}
                back = ReversalLine(line=0, unit="101", kind=kind, **amounts)
                at = said(event.value_date)
                town.append(BUILDING, EntryReversed(version=version, reason="错", lines=(back,), **at))
            case "p" if owed:
                version, amount = owed.pop()
                line = ObligationPaymentLine(line=0, unit="101", amount_fen=amount, payee="owner")
                town.append(BUILDING, ObligationPaid(obligation=version, lines=(line,), **said(day)))
            case "c" if closed < 2019 * 12:
                closed += random.randint(1, 9)
                close(town, f"{closed // 12:04}-{closed % 12 + 1:02}")
    follower.catch_up()
    for year in range(2016, 2021):
        for month in ("", f"-{random.randint(1, 12):02}"):
            period = f"{year}{month}"
            assert [check for check in built(database, period).checks if not check.holds] == []
        changes, after = (form(built(database, str(each)), "03") for each in (year, year + 1))
        assert after["一、上年年末余额"] == changes["五、本年年末余额"]
    sound(database, "2019")


def test_the_trial_balance_carries_no_income_forward_whether_months_were_closed_or_not(
    town, follower, database
):
    town.open("B1", ("101",))
    town.deposit("B1", BEFORE, {"101": 1000})
    town.deposit("B1", DAY, {"101": 30})
    follower.catch_up()

    def balances():
        found = rows(database, "trial-balance", **{"from": "2019-01", "through": "2019-12"})
        figures = ("account", "opening", "debit", "credit", "closing")
        return [tuple(row[name] for name in figures) for row in found]

    expected = [("100101", 1000, 30, 0, 1030), ("3001", -1000, 0, 30, -1030), ("4001", 0, 30, 30, 0)]
    assert balances() == expected
    close(town, "2019-12")
    follower.catch_up()
    assert balances() == expected

"""What is owed for destroyed buildings, what was paid, and what of all that a bank shows."""

from datetime import date

import pytest
from sqlalchemy import select

from ledger.events import (
    BuildingDestroyed,
    CustodyLine,
    CustodyTransferredIn,
    CustodyTransferredOut,
    EntryReversed,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentLine,
    ObligationPaymentReversed,
    ObligationReversalLine,
    PaymentReversed,
    RepairMoneyReturned,
    ReversalLine,
)
from projections.bank_moves import bank_moves
from projections.obligation_list import obligation_list
from projections.rebuild import check
from projections.summary import summary
from tests.projections.conftest import said

LOST = date(2020, 3, 1)
PAID = date(2020, 6, 1)
OWED = (
    ObligationLine(unit="101", principal_fen=700, interest_fen=3, payee="owner", payee_ref="p-101"),
    ObligationLine(unit="101", part="seller", principal_fen=200, payee="seller", payee_name="州粮食局"),
)


def destroy(town, building="B1", lines=OWED) -> int:
    event = BuildingDestroyed(destroyed_on=LOST, document="灭失证明", lines=lines, **said(LOST))
    return town.append(f"building/{building}", event)


def pay(town, obligation, line, amount, part="owner", payee="owner") -> int:
    paid = ObligationPaymentLine(line=line, unit="101", part=part, amount_fen=amount, payee=payee)
    event = ObligationPaid(
        obligation=obligation, account="A1", bank_ref=f"r{amount}", lines=(paid,), **said(PAID)
    )
    return town.append("building/B1", event)


def listed(database, **cut):
    with database.engine.connect() as connection:
        return obligation_list(connection, **cut)


def moves(database):
    names = ("kind", "account", "bank_ref", "amount_fen", "reverses_version", "reverses_line")
    wanted = select(*(bank_moves.c[name] for name in names)).order_by(
        bank_moves.c.position, bank_moves.c.line
    )
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted)]


@pytest.fixture
def lost(town):
    """B1 with 7.03 of the owner and 2.00 of the seller is destroyed at version 6."""
    town.open("B1", ("101",), fund="public")
    town.deposit("B1", date(2012, 1, 1), {"101": 700})
    town.interest("B1", date(2012, 12, 31), {"101": 3}, "public")
    town.deposit("B1", date(2012, 1, 1), {"101": 200}, "seller")
    town.destroyed = destroy(town)
    return town


def test_what_is_owed_and_what_was_paid(lost, follower, database):
    pay(lost, lost.destroyed, 0, 103)
    follower.catch_up()
    found = listed(database)
    assert (found.owed, found.paid, found.left) == ("9.03", "1.03", "8.00")
    owner, seller = found.obligations
    assert (owner.payee, owner.payee_ref, owner.since) == ("owner", "p-101", LOST)
    assert (owner.owed, owner.paid, owner.left) == ("7.03", "1.03", "6.00")
    assert (owner.event, owner.line, owner.fund) == ("building/B1@6", 0, "public")
    assert (seller.part, seller.payee, seller.payee_name, seller.left) == (
        "seller",
        "seller",
        "州粮食局",
        "2.00",
    )


def test_cut_by_day_position_and_county(lost, follower, database):
    before = lost.position
    pay(lost, lost.destroyed, 0, 103)
    follower.catch_up()
    assert listed(database, as_of=date(2020, 5, 31)).left == "9.03"
    assert listed(database, as_of=date(2020, 2, 28)).obligations == ()
    assert listed(database, position=before).left == "9.03"
    assert listed(database, counties=["532301"]).left == "8.00"
    assert listed(database, counties=["532302"]).obligations == ()


def test_the_totals_have_it_refunded_and_the_bank_shows_the_payment_alone(lost, follower, database):
    pay(lost, lost.destroyed, 1, 200, "seller", "seller")
    follower.catch_up()
    with database.engine.connect() as connection:
        total = summary(connection).total
    assert (total.deposits, total.refunded) == ("9.00", "9.03")
    assert moves(database)[2:] == [("obligation", "A1", "r200", -200, None, None)]


def test_a_payment_taken_back(lost, follower, database):
    paid = pay(lost, lost.destroyed, 0, 103)
    back = ObligationReversalLine(line=0, owed=0, unit="101", amount_fen=-103)
    event = ObligationPaymentReversed(
        version=paid, obligation=lost.destroyed, reason="付错", lines=(back,), **said(PAID)
    )
    lost.append("building/B1", event)
    follower.catch_up()
    assert listed(database).left == "9.03"
    assert moves(database)[2:] == [
        ("obligation", "A1", "r103", -103, None, None),
        ("obligation", None, None, 103, paid, 0),
    ]


def test_a_destruction_taken_back_is_owed_no_more_and_moved_nothing_at_a_bank(lost, follower, database):
    lines = (
        ReversalLine(line=0, unit="101", kind="refund", principal_fen=700, interest_fen=3),
        ReversalLine(line=1, unit="101", part="seller", kind="refund", principal_fen=200),
    )
    event = EntryReversed(version=lost.destroyed, reason="未灭失", obligation=True, lines=lines, **said(LOST))
    lost.append("building/B1", event)
    follower.catch_up()
    found = listed(database)
    assert (found.owed, found.obligations) == ("0.00", ())
    assert moves(database)[2:] == []
    with database.engine.connect() as connection:
        total = summary(connection).total
    assert (total.refunded, total.undistributed) == ("0.00", "-0.03")


def test_custody_goes_out_and_comes_back_at_the_bank(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", date(2012, 1, 1), {"101": 700})
    line = CustodyLine(unit="101", principal_fen=700)
    out = CustodyTransferredOut(assembly="业主大会", account="A1", bank_ref="o", lines=(line,), **said(LOST))
    at = town.append("building/B1", out)
    back = ReversalLine(line=0, unit="101", kind="custody", principal_fen=700)
    town.append("building/B1", EntryReversed(version=at, reason="录错", lines=(back,), **said(LOST)))
    town.append("building/B1", CustodyTransferredIn(bank_ref="i", lines=(line,), **said(PAID)))
    follower.catch_up()
    assert moves(database)[1:] == [
        ("custody", "A1", "o", -700, None, None),
        ("custody", None, None, 700, at, 0),
        ("custody", None, "i", 700, None, None),
    ]
    with database.engine.connect() as connection:
        assert summary(connection).total.refunded == "-7.00"


def test_a_reversed_payment_of_a_repair_at_the_bank(town, follower, database):
    town.open("B1", ("101",))
    version = int(town.repair(PAID, 40, bank_ref="r9").rpartition("@")[2])
    back = PaymentReversed(version=version, reason="付错", amount_fen=-40, **said(PAID))
    town.append("repair/532301/P9", back)
    follower.catch_up()
    assert moves(database) == [
        ("repair", None, "r9", -40, None, None),
        ("repair", None, None, 40, version, 0),
    ]


def test_reversed_money_that_a_firm_had_given_back(town, follower, database):
    town.open("B1", ("101",))
    event = RepairMoneyReturned(
        payment="repair/532301/P9@1", paid_on=LOST, amount_fen=9, bank_ref="r1", reason="多付", **said(PAID)
    )
    version = town.append("repair/532301/P9", event)
    back = PaymentReversed(version=version, reason="录错", amount_fen=-9, returned=True, **said(PAID))
    town.append("repair/532301/P9", back)
    follower.catch_up()
    assert moves(database) == [
        ("return", None, "r1", 9, None, None),
        ("return", None, None, -9, version, 0),
    ]


def test_a_rebuild_comes_to_the_same(lost, follower, database):
    pay(lost, lost.destroyed, 0, 103)
    follower.catch_up()
    assert check(database.engine).differences == ()

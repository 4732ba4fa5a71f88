"""Lots and petty cash: an honest history contradicts nothing; one wrong event is named by its position."""

from datetime import date

import polars as pl
import pytest
from msgspec.structs import replace

from audit.findings import run
from audit.replay import replay
from audit.verify import consistency
from ledger.events import (
    BankGainsReceived,
    BondInterestReceived,
    BondRedeemed,
    GainsReversed,
    InvestmentEnded,
    PettyCashReturned,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryReversed,
)
from ledger.policy import load
from ledger.store.codec import decode, encode

NAMED = {"I12", "I13", "I14", "I15"}


@pytest.fixture
def laid_out(office):
    """A book with every kind of event about its money, as the application makes them."""
    made = office(1)
    made.open("B1", 1)
    made.deposit("B1", ["101"])
    made.lay_out()
    return made.log.rows(0, 10**6)


def found(written, rows):
    return [(problem.kind, problem.position) for problem in consistency(replay(written(rows)))]


def stored(rows, kind, nth=0):
    """Index and event of the nth stored event of a kind."""
    return [
        (index, event)
        for index, row in enumerate(rows)
        if isinstance(event := decode(row.topic, row.schema, row.data), kind)
    ][nth]


def rewritten(rows, index, event):
    changed = rows[index]._replace(topic=event.TOPIC, data=encode(event))
    return [*rows[:index], changed, *rows[index + 1 :]]


def test_an_honest_book_contradicts_nothing(written, laid_out):
    assert found(written, laid_out) == []


def test_what_the_replay_keeps_of_it(written, laid_out):
    treasury = replay(written(laid_out)).treasury
    assert treasury.height == 18
    lots = treasury.group_by("lot").agg(open_fen=pl.col("amount_fen").sum())
    assert dict(lots.drop_nulls().rows()) == {"D1": 0, "G1": 0, "pledge": 30, "wealth": 30}


def test_what_history_tells_of_irregularities_is_found(written, laid_out):
    found = run(replay(written(laid_out)), load())
    said = {(finding.rule, finding.message.split("：")[0]) for finding in found if finding.rule in NAMED}
    assert said == {
        ("I12", "存单 D1 到期支取，按约定利率应得利息 0.18 元，实际入账 0.17 元。"),
        ("I15", "2013-03-15 以 9.00 元登记的 D1"),
        ("I14", "账套 532301/commodity 向“某公司”列支“office” 1 笔共 0.05 元，首笔事由"),
        ("I15", "2013-03-15 以 1.01 元登记的 G1"),
        ("I15", "2013-03-15 以 0.50 元登记的 pledge"),
        ("I15", "2013-03-15 以 0.50 元登记的 wealth"),
    }


WRONG = [
    (TimeDepositEnded, 0, {"principal_fen": 901}, "lot-overdrawn"),
    (TimeDepositEnded, 0, {"lot": "D9"}, "lot-unknown"),
    (TimeDepositEnded, 0, {"value_date": date(2013, 3, 14)}, "lot-before"),
    (TimeDepositEnded, 0, {"interest_fen": 2}, "lot-gain-wrong"),
    (BondInterestReceived, 0, {"interest_fen": 4}, "lot-gain-wrong"),
    (BondRedeemed, 0, {"interest_fen": -3}, "lot-gain-wrong"),
    (InvestmentEnded, 1, {"principal_fen": 51}, "lot-overdrawn"),
    (PettyCashReturned, 0, {"amount_fen": 71}, "petty-cash-overdrawn"),
    (PettyCashReturned, 0, {"holder_ref": "p2"}, "petty-cash-overdrawn"),
    (TreasuryReversed, 0, {"amount_fen": 601}, "reversal-wrong"),
    (TreasuryReversed, 0, {"interest_fen": -17}, "reversal-wrong"),
    (TreasuryReversed, 1, {"version": 1}, "reversal-wrong"),
]


@pytest.mark.parametrize(
    ("kind", "nth", "changes", "problem"), WRONG, ids=[f"{c[0].TOPIC} {c[2]}" for c in WRONG]
)
def test_a_wrong_event_is_named(written, laid_out, kind, nth, changes, problem):
    index, event = stored(laid_out, kind, nth)
    position = str(laid_out[index].position)
    assert (problem, position) in found(written, rewritten(laid_out, index, replace(event, **changes)))


@pytest.mark.parametrize("changes", [{"value_date": date(2013, 6, 2)}, {"lines": ()}])
def test_a_gain_that_is_not_the_lots_is_named(written, laid_out, changes):
    index, event = stored(laid_out, BankGainsReceived)
    ended, _ = stored(laid_out, TimeDepositEnded)
    assert found(written, rewritten(laid_out, index, replace(event, **changes))) == [
        ("lot-gain-wrong", str(laid_out[ended].position))
    ]


def test_a_lot_placed_twice_is_named(written, laid_out):
    _, placed = stored(laid_out, TimeDepositPlaced)
    index, _ = stored(laid_out, PettyCashReturned)
    assert ("lot-double", str(laid_out[index].position)) in found(written, rewritten(laid_out, index, placed))


def test_a_gain_taken_back_without_its_lot_is_named(written, laid_out):
    index, back = stored(laid_out, GainsReversed)
    _, ended = stored(laid_out, TimeDepositEnded)
    gain_of_the_first_end = laid_out[stored(laid_out, BankGainsReceived)[0]].version
    line = replace(back.lines[0], amount_fen=-ended.interest_fen)
    alone = replace(back, version=gain_of_the_first_end, value_date=ended.value_date, lines=(line,))
    assert ("lot-gain-wrong", str(laid_out[index].position)) in found(
        written, rewritten(laid_out, index, alone)
    )

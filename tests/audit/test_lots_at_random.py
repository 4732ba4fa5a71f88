"""Random lives of a book's money against a plain dictionary; the audit finds no contradiction in any."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.findings import run
from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    AdvancePettyCash,
    BuyBond,
    EndInvestment,
    PlaceDeposit,
    ReceiveBondInterest,
    Recording,
    RecordInvestment,
    RedeemBond,
    ReturnPettyCash,
    ReverseEntry,
    WithdrawDeposit,
)
from ledger.errors import Refused
from ledger.store.memory import MemoryLog

BOOK = {"county": "532301", "fund": "commodity"}
STREAM = "book/532301/commodity"
DAY = date(2015, 1, 1)

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "end", "end", "coupon", "advance", "return", "reverse"]),
        st.integers(0, 3),
        st.integers(1, 100),
        st.integers(0, 9),
    ),
    max_size=30,
)


def command(action, lot, amount, interest, on):
    """What an action asks for; lots 0 to 3 are a deposit, another, a bond and a wealth product."""
    name = f"L{lot}"
    end = {"lot": name, "principal_fen": amount}
    if action == "place":
        deposit = {"kind": "time", "bank": "农行", "rate_bp": 200, "term_months": 12, "placed_on": on}
        bond = {
            "issue_code": "1", "issue_name": "国债", "channel": "counter", "face_fen": amount,
            "rate_bp": 200, "bought_on": on, "matures_on": on + timedelta(1000),
        }  # fmt: skip
        wealth = {"kind": "wealth", "invested_on": on, "description": "某产品"}
        return [
            PlaceDeposit(**BOOK, **deposit, lot=name, amount_fen=amount),
            PlaceDeposit(**BOOK, **deposit, lot=name, amount_fen=amount),
            BuyBond(**BOOK, **bond, lot=name, cost_fen=amount),
            RecordInvestment(**BOOK, **wealth, lot=name, amount_fen=amount),
        ][lot]
    if action == "end":
        return [
            WithdrawDeposit(**BOOK, **end, ended_on=on, interest_fen=interest),
            WithdrawDeposit(**BOOK, **end, ended_on=on, interest_fen=interest),
            RedeemBond(**BOOK, **end, redeemed_on=on, interest_fen=interest - 4),
            EndInvestment(**BOOK, **end, ended_on=on),
        ][lot]
    if action == "coupon":
        return ReceiveBondInterest(**BOOK, lot=name, received_on=on, interest_fen=interest + 1)
    if action == "advance":
        return AdvancePettyCash(**BOOK, holder_ref=f"p{lot}", amount_fen=amount, advanced_on=on)
    if action == "return":
        return ReturnPettyCash(**BOOK, holder_ref=f"p{lot}", amount_fen=amount, returned_on=on)
    return ReverseEntry(stream=STREAM, version=amount % 12 + 1, reason="错")


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(ACTIONS)
def test_what_is_out_is_what_a_plain_dictionary_has(actions):
    log = MemoryLog()
    application = Application(log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
    done: dict[int, tuple[str, int, int]] = {}
    out: dict[str, int] = defaultdict(int)
    gains = 0
    for number, (action, lot, amount, interest) in enumerate(actions):
        asked = command(action, lot, amount, interest, DAY + timedelta(number))
        try:
            events = application.execute([asked], Recording(actor="o", origin="history")).events
        except Refused:
            continue
        version = int(events[0].rpartition("@")[2])
        match asked:
            case ReverseEntry():
                name, moved, gained = done.pop(asked.version)
                moved, gained = -moved, -gained
            case PlaceDeposit() | RecordInvestment():
                name, moved, gained = asked.lot, asked.amount_fen, 0
            case BuyBond():
                name, moved, gained = asked.lot, asked.cost_fen, 0
            case ReceiveBondInterest():
                name, moved, gained = asked.lot, 0, asked.interest_fen
            case AdvancePettyCash():
                name, moved, gained = asked.holder_ref, asked.amount_fen, 0
            case ReturnPettyCash():
                name, moved, gained = asked.holder_ref, -asked.amount_fen, 0
            case EndInvestment():
                name, moved, gained = asked.lot, -asked.principal_fen, 0
            case _:
                name, moved, gained = asked.lot, -asked.principal_fen, asked.interest_fen
        if not isinstance(asked, ReverseEntry):
            done[version] = name, moved, gained
        out[name] += moved
        gains += gained
        assert out[name] >= 0
    found = replay(log)
    held = found.treasury.group_by(name=pl.coalesce("lot", "holder_ref")).agg(pl.col("amount_fen").sum())
    assert {name: fen for name, fen in held.rows() if fen} == {name: fen for name, fen in out.items() if fen}
    assert int(found.gains["amount_fen"].sum()) == gains
    assert list(consistency(found)) == []
    assert {finding.rule for finding in run(found, policy.load())} <= {"I11", "I12", "I15"}

"""Losses, custody and reversed payments: whatever of them was written wrongly is named."""

import polars as pl
import pytest
from msgspec.structs import replace

from audit.closings import Closings
from audit.replay import replay
from ledger import events as on
from ledger.store.codec import encode
from ledger.store.feed import Row

from .test_consistency import find, kinds, rewritten


def _named(value):
    """The name of a case: a set in order, so that every test process names it alike."""
    return str(sorted(value) if isinstance(value, set) else value)


def changed(rows, kind, where=lambda _: True, line=None, **change):
    """The log with one event of a kind rewritten, or the first line of it."""
    index, event = find(rows, kind, where=where)
    if line is not None:
        event = replace(event, lines=(replace(event.lines[0], **line), *event.lines[1:]))
    return rewritten(rows, index, replace(event, **change))


def of_destruction(event):
    return event.obligation


def of_custody(event):
    return event.lines and event.lines[0].kind == "custody"


def of_withdrawal(event):
    return event.lines and event.lines[0].kind == "withdrawal"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"principal_fen": 1}, {"balance-unproved"}),
        ({"interest_fen": 1}, {"balance-unproved"}),
        ({"payee_ref": "x"}, {"obligation-wrong"}),
        ({"payee": "treasury"}, {"obligation-wrong", "obligation-unknown"}),
        ({"unit": "102"}, {"balance-unproved", "obligation-wrong", "obligation-unknown"}),
    ],
    ids=_named,
)
def test_an_obligation_that_is_not_what_was_held_or_not_its_owners(rows, written, line, found):
    assert set(kinds(written(changed(rows, on.BuildingDestroyed, line=line)))) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"line": {"line": 9}}, "obligation-unknown"),
        ({"line": {"unit": "102"}}, "obligation-unknown"),
        ({"line": {"payee": "seller"}}, "obligation-unknown"),
        ({"line": {"amount_fen": -1}}, "obligation-unknown"),
        ({"obligation": 1}, "obligation-unknown"),
    ],
    ids=_named,
)
def test_a_payment_of_what_nobody_owes(rows, written, change, found):
    assert found in kinds(written(changed(rows, on.ObligationPaid, **change)))


@pytest.mark.parametrize("line", [{"amount_fen": -2}, {"owed": 1}, {"line": 0}, {"unit": "102"}], ids=str)
def test_a_payment_taken_back_otherwise_than_it_was_made(rows, written, line):
    index, event = find(rows, on.ObligationPaymentReversed)
    wrong = replace(event, lines=(replace(event.lines[0], **line),))
    expected = [] if wrong == event else ["reversal-wrong"]
    assert kinds(written(rewritten(rows, index, wrong))) == expected


def test_a_payment_taken_back_twice(rows, written):
    index, _ = find(rows, on.ObligationPaymentReversed)
    assert "reversal-wrong" in kinds(written(_again(rows, index)))


def _again(rows, index):
    """The log with one event written once more at the end of its stream."""
    row = rows[index]
    last = max(each.version for each in rows if each.stream == row.stream)
    return [*rows, row._replace(position=rows[-1].position + (1 << 20), version=last + 1)]


def test_live_custody_passes_what_was_held(rows, written):
    live = changed(rows, on.CustodyTransferredOut, origin="live")
    assert kinds(written(live)) == []
    short = changed(rows, on.CustodyTransferredOut, origin="live", line={"principal_fen": 1})
    assert "balance-unproved" in kinds(written(short))


def test_history_may_pass_less(rows, written):
    short = changed(rows, on.CustodyTransferredOut, line={"principal_fen": 1})
    assert "balance-unproved" not in kinds(written(short))


@pytest.mark.parametrize("where", [of_destruction, of_custody], ids=["loss", "custody"])
def test_a_reversal_that_says_otherwise_what_it_reverses(rows, written, where):
    index, event = find(rows, on.EntryReversed, where=where)
    wrong = rewritten(rows, index, replace(event, obligation=not event.obligation))
    assert "reversal-wrong" in kinds(written(wrong))


@pytest.mark.parametrize("where", [of_destruction, of_custody], ids=["loss", "custody"])
def test_a_reversal_of_some_lines_alone(rows, written, where):
    index, event = find(rows, on.EntryReversed, where=where)
    wrong = rewritten(rows, index, replace(event, lines=event.lines[1:]))
    assert "reversal-wrong" in kinds(written(wrong))


def test_a_destruction_taken_back_while_something_is_paid(rows, written):
    index, paid = find(rows, on.ObligationPaid)
    _, lost = find(rows, on.BuildingDestroyed)
    lines = tuple(
        on.ReversalLine(
            line=number,
            unit=line.unit,
            part=line.part,
            kind="refund",
            principal_fen=line.principal_fen,
            interest_fen=line.interest_fen,
        )
        for number, line in enumerate(lost.lines)
    )
    back = on.EntryReversed(
        actor="x",
        recorded_at=paid.recorded_at,
        value_date=lost.value_date,
        origin="history",
        policy="p",
        version=paid.obligation,
        reason="x",
        obligation=True,
        lines=lines,
    )
    stream = rows[index].stream
    version = max(row.version for row in rows if row.stream == stream) + 1
    row = Row(
        rows[-1].position + (1 << 20),
        stream,
        version,
        back.TOPIC,
        1,
        rows[-1].recorded_at,
        encode(back),
    )
    assert kinds(written([*rows, row])) == ["obligation-paid"]


@pytest.mark.parametrize(
    ("change", "found"),
    [({"amount_fen": -1}, {"reversal-wrong"}), ({"version": 6}, {"reversal-wrong", "reversal-partial"})],
    ids=_named,
)
def test_a_payment_reversed_otherwise(rows, written, change, found):
    assert set(kinds(written(changed(rows, on.PaymentReversed, **change)))) == found


def test_a_payment_reversed_twice(rows, written):
    index, _ = find(rows, on.PaymentReversed)
    assert kinds(written(_again(rows, index))) == ["reversal-wrong"]


def test_a_payment_reversed_on_one_building_alone(rows, written):
    index, event = find(rows, on.EntryReversed, where=of_withdrawal)
    wrong = rewritten(rows, index, replace(event, lines=event.lines[1:]))
    assert "reversal-partial" in kinds(written(wrong))


def test_which_accounts_were_closed_when(rows, written):
    found = replay(written(rows))
    closings = Closings(found)
    handed = found.custody.filter((found.custody["building"] == "H1") & found.custody["out"])["version"][0]

    def closed(building, version):
        return sorted(closings.at(pl.DataFrame({"building": [building], "read_version": [version]})).rows())

    assert closed("H1", handed - 1) == []
    assert closed("H1", handed) == [("H1", "owner")]
    assert closed("H1", 10**6) == []
    lost = found.destructions.filter(found.destructions["building"] == "D1")["version"][0]
    assert closed("D1", lost - 1) == []
    assert closed("D1", lost) == [("D1", "owner"), ("D1", "seller")]
    lost = found.destructions.filter(found.destructions["building"] == "D2")["version"][0]
    assert (closed("D2", lost) != [], closed("D2", lost + 1)) == (True, [])


def test_a_closed_account_that_was_weighed_is_named(rows, written):
    index, run = find(
        rows, on.GainsDistributed, where=lambda event: any(share.building == "H1" for share in event.shares)
    )
    shares = tuple(replace(share, weight=share.weight + (share.building == "H1")) for share in run.shares)
    assert "weight-wrong" in kinds(written(rewritten(rows, index, replace(run, shares=shares))))

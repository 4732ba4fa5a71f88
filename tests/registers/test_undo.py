"""A register that was imported by mistake is undone, put right and imported again."""

import pytest

from ledger.commands import Recording, UndoImport
from ledger.errors import Refused

LIVE = Recording(actor="officer")


def undo(office, result):
    return office.application.execute([UndoImport(import_id=result.import_id)], LIVE)


@pytest.mark.parametrize("history", [True, False])
@pytest.mark.parametrize("kind", ["opening", "deposits", "bank-gains", "income"])
def test_the_rows_of_an_undone_import_are_new_again(furnished, kind, history):
    row = {
        "opening": furnished.opening,
        "deposits": furnished.deposit,
        "bank-gains": furnished.gain,
        "income": furnished.income,
    }[kind]()
    path = furnished.xlsx("册.xlsx", kind, [row])
    for _ in range(3):
        taken = furnished.take(kind, path, history=history)
        assert (taken.accepted, taken.already, taken.problems) == (1, 0, ())
        assert furnished.take(kind, path, history=history).already == 1
        undo(furnished, taken)
    assert furnished.take(kind, path, history=history).accepted == 1


def test_only_the_rows_of_that_import_are_new_again(furnished):
    first = furnished.xlsx("一.xlsx", "deposits", [furnished.deposit()])
    both = furnished.xlsx(
        "二.xlsx", "deposits", [furnished.deposit(), furnished.deposit(户号="0102", 票据号="00000002")]
    )
    furnished.take("deposits", first)
    undo(furnished, furnished.take("deposits", both))

    again = furnished.take("deposits", both)

    assert (again.accepted, again.already) == (1, 1)


def test_a_deposit_that_was_given_back_is_undone_after_its_refund(furnished):
    paid = furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", [furnished.deposit()]))
    refunds = furnished.xlsx("二.xlsx", "refunds", [furnished.refund()])
    back = furnished.take("refunds", refunds)
    assert (back.accepted, back.problems) == (1, ())
    before = furnished.events()

    with pytest.raises(Refused):
        undo(furnished, paid)
    assert [topic for _, topic in furnished.events()[len(before) :]] == ["command-refused"]

    undo(furnished, back)
    again = furnished.take("refunds", refunds)
    assert (again.accepted, again.problems) == (1, ())
    undo(furnished, again)
    undo(furnished, paid)
    assert all(
        account.balance_fen == 0
        for account in furnished.application.buildings(["E001-01"])["E001-01"].accounts.values()
    )


def test_a_change_of_owner_cannot_be_undone(furnished):
    changed = furnished.take("transfers", furnished.xlsx("三.xlsx", "transfers", [furnished.transfer()]))
    assert (changed.accepted, changed.problems) == (1, ())
    with pytest.raises(Refused) as caught:
        undo(furnished, changed)
    assert [found.code for found in caught.value.refusals] == ["not-reversible"]

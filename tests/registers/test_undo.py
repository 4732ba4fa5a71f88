"""A register that was imported by mistake is undone, put right and imported again."""

import pytest

from ledger.commands import Recording, UndoImport

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

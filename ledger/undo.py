"""Undoing an import (撤销导入): which entries go back, and which imports cannot be undone."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from ledger.commands import ReverseEntry, UndoImport
from ledger.errors import Refusal, Refused
from ledger.events import BankGainsReceived, Event, ImportUndone, StatementRecorded
from ledger.limits import refuse_any
from ledger.log import Imported
from ledger.reversal import REVERSIBLE
from ledger.stamp import Stamp

UNDOABLE: Final[tuple[type[Event], ...]] = (*REVERSIBLE, BankGainsReceived, StatementRecorded)
"""Events that an undo takes back by their opposite entries; any other keeps an import from being undone."""


def reversals(command: UndoImport, found: Sequence[Imported] | None) -> tuple[ReverseEntry, ...]:
    """The reversals that undo an import, one for each of its events in their order.

    ``found`` are the events of the import, None where there is no such import. Raises Refused
    ``import-unknown``, ``import-empty``, ``not-reversible`` (once for each kind of event).
    """
    name = command.import_id
    if found is None:
        raise Refused(Refusal("import-unknown", f"没有编号为 {name} 的导入，或者它没有入账", "import_id"))
    if not found:
        raise Refused(Refusal("import-empty", f"导入 {name} 没有增加任何分录，无需撤销", "import_id"))
    lasting = Counter(made.event.TOPIC for made in found if not isinstance(made.event, UNDOABLE))
    refuse_any(
        Refusal(
            "not-reversible",
            f"导入 {name} 记有 {count} 件不能冲正的事件（{topic}），不能撤销",
            "import_id",
        )
        for topic, count in lasting.items()
    )
    return tuple(
        ReverseEntry(stream=made.stream, version=made.version, reason=f"撤销导入 {name}") for made in found
    )


def decide_undo(version: int, command: UndoImport, events: int, stamp: Stamp, today: date) -> ImportUndone:
    """The import is undone, with all its events; raises Refused ``already-undone``."""
    if version:
        raise Refused(Refusal("already-undone", f"导入 {command.import_id} 已经撤销", "import_id"))
    return ImportUndone(**stamp, value_date=today, undone=command.import_id, events=events)

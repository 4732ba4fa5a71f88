"""Commands that correct: reversals (冲正), and imports undone (撤销导入)."""

from ledger.commands.command import Command


class ReverseEntry(Command, frozen=True, kw_only=True):
    """Reverse (冲正) lines of one earlier event, all of them when ``lines`` is None; each line once."""

    stream: str
    version: int
    reason: str
    lines: tuple[int, ...] | None = None


class UndoImport(Command, frozen=True, kw_only=True):
    """Undo an import (撤销导入): reverse every entry it made, or nothing."""

    import_id: str

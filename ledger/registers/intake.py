"""Taking registers in (导入): files are judged as a whole, and taken whole or not at all.

Everything that can be wrong is listed before anything is written: cells, contradictions, then what the
application refuses. Persons enter the register of persons only when nothing is wrong, just before the append.
"""

import gc
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ledger.application import Application
from ledger.commands import Command, Recording
from ledger.errors import InputError, Refusal, Refused
from ledger.events import Evidence
from ledger.registers import (
    bank_gains,
    bank_statement,
    deposits,
    income,
    marked,
    opening,
    receipts,
    refunds,
    repairs,
    template,
    transfers,
    units,
    workbook,
)
from ledger.registers.digests import row_digests
from ledger.registers.people import OfficeDesk, Parties, People
from ledger.registers.problems import Problem, RowProblem, Unreadable, rows_at_fault
from ledger.registers.specification import Batch, Found, Register
from ledger.registers.table import Table, tabulate
from ledger.registers.workbook import Source

REGISTERS: Mapping[str, Register] = {
    found.kind: found
    for found in (
        units.REGISTER,
        opening.REGISTER,
        deposits.REGISTER,
        bank_gains.REGISTER,
        income.REGISTER,
        repairs.REGISTER,
        refunds.REGISTER,
        transfers.REGISTER,
        receipts.REGISTER,
        bank_statement.REGISTER,
    )
}

Admit = Callable[[Sequence[Command]], object]
"""Whether who brings a register may do what its rows ask for; raises otherwise."""


class ImportResult(msgspec.Struct, frozen=True, kw_only=True, rename={"import_id": "import"}):
    """What an import did: counts of rows, every problem, and the position of the last event.

    ``already`` counts rows an earlier import took; ``refused`` rows with problems. Where there is any
    problem, ``accepted`` is 0. After a dry run ``accepted`` is what would be taken. ``marked`` are the
    copies of the files with their problems.
    """

    import_id: str
    kind: str
    rows: int
    accepted: int
    already: int
    refused: int
    problems: tuple[Problem, ...]
    position: int | None
    marked: tuple[Path, ...] = ()


def register_of(kind: str) -> Register:
    """The register of a kind; raises InputError ``register-unknown``."""
    found = REGISTERS.get(kind)
    if found is None:
        raise InputError("register-unknown", f"没有“{kind}”这种登记册；可用：{'、'.join(REGISTERS)}")
    return found


def write_template(kind: str, path: Path) -> None:
    """Write an empty workbook for a register; raises InputError ``register-unknown``."""
    template.write(register_of(kind), path)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A register is a million live objects without cycles: the collector would walk them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_collector_at_rest()
def import_files(
    kind: str,
    paths: Sequence[Path],
    *,
    application: Application,
    parties: Parties,
    history: bool,
    dry_run: bool,
    actor: str,
    marked_dir: Path | None = None,
    admit: Admit | None = None,
    import_id: str | None = None,
) -> ImportResult:
    """Import the files of one register as one import: whole, or not at all.

    ``history`` records the rows as they happened, otherwise they are live commands. ``dry_run`` judges all
    and writes nothing but the marked copies, which go beside each file or into ``marked_dir``. ``admit`` may
    raise what it likes of the commands before any is judged; ``import_id`` names the import, which otherwise
    gets a new name. Raises InputError ``register-unknown``.
    """
    register = register_of(kind)
    labels = _labels(paths)
    sources, problems = _read_files(labels)
    table = tabulate(register, sources)
    problems += table.problems
    barred = register.history_only and not history
    if barred:
        message = f"{register.title}只能作为历史补录导入（--history）"
        problems.append(Problem(file=next(iter(labels.values())), code="history-only", message=message))
    recording = Recording(
        actor=actor,
        origin="history" if history else "live",
        evidence=tuple(Evidence(name=source.path.name, sha256=source.sha256) for source in sources),
        import_id=import_id or f"imp-{uuid.uuid4().hex}",
        refusals_kept=False,
    )
    digests, already = _skip_known(register, table, application, parties)
    position = None
    if table.places and not barred:
        entry = _Entry(register, table, application, parties, recording)
        if admit is not None:
            admit(entry.commands)
        if problems or entry.problems or dry_run:
            problems += entry.problems + entry.judge()
        else:
            position, refused = entry.carry_out(digests)
            problems += refused
    ordered = _in_order(problems, register, list(labels.values()), sources)
    return ImportResult(
        import_id=recording.import_id or "",
        kind=kind,
        rows=table.rows,
        accepted=0 if problems else table.rows - already,
        already=already,
        refused=rows_at_fault(problems),
        problems=ordered,
        position=position,
        marked=_write_marked(register, sources, ordered, marked_dir),
    )


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
    """What problems call each file; a file given twice is one."""
    names = [path.name for path in dict.fromkeys(paths)]
    return {path: path.name if names.count(path.name) == 1 else str(path) for path in paths}


def _read_files(labels: Mapping[Path, str]) -> tuple[list[Source], list[Problem]]:
    sources = []
    problems = []
    for path, label in labels.items():
        try:
            sources.append(workbook.read(path, label))
        except Unreadable as error:
            problems.append(error.problem(label))
    return sources, problems


def _skip_known(
    register: Register, table: Table, application: Application, parties: Parties
) -> tuple[list[bytes], int]:
    """Leave only rows that no import took before, also not this one; their digests and how many others."""
    digests = row_digests(
        parties.keyed_hash("register-row", b"key of rows"),
        register.kind,
        [table.values[column.field] for column in register.columns],
        [place.file for place in table.places],
    )
    known = application.known_rows(digests)
    fresh = {digest: index for index, digest in reversed(list(enumerate(digests))) if digest not in known}
    already = len(digests) - len(fresh)
    if already:
        table.select(sorted(fresh.values()))
        digests = sorted(fresh, key=fresh.__getitem__)
    return digests, already


class _Entry:
    """The rows of a table on their way into the ledger."""

    def __init__(
        self,
        register: Register,
        table: Table,
        application: Application,
        parties: Parties,
        recording: Recording,
    ) -> None:
        self._register = register
        self._table = table
        self._application = application
        self._recording = recording
        self._people = People(parties, register.look_up(table.values, OfficeDesk(application, parties)))
        self._batch = self._drafted(self._people.tentative())
        self.problems = [self._placed(problem) for problem in self._batch.problems]

    @property
    def commands(self) -> Sequence[Command]:
        """What the rows ask for."""
        return self._batch.commands

    def judge(self) -> list[Problem]:
        """What the application would refuse; nothing is written."""
        return self._refused(self._application.judge(self._batch.commands, self._recording))

    def carry_out(self, digests: Sequence[bytes]) -> tuple[int | None, list[Problem]]:
        """Append the rows: the last position, or what was refused with nothing written."""
        if self._people.new:
            refused = self.judge()
            if refused:
                return None, refused
            self._batch = self._drafted(self._people.registered())
        try:
            outcome = self._application.execute(self._batch.commands, self._recording, rows=digests)
        except Refused as error:
            return None, self._refused(error.refusals)
        return outcome.position or None, []

    def _drafted(self, found: Found) -> Batch:
        return self._register.batch({**self._table.values, **found})

    def _refused(self, refusals: Sequence[Refusal]) -> list[Problem]:
        problems = []
        for refusal in refusals:
            rows = self._batch.rows[refusal.command]
            index = rows[refusal.line] if refusal.line is not None else rows[0]
            column = self._register.header_of(refusal.field)
            problems.append(self._placed(RowProblem(index, column, refusal.code, refusal.message)))
        return problems

    def _placed(self, problem: RowProblem) -> Problem:
        file, sheet, row = self._table.places[problem.index]
        return Problem(
            file=file,
            sheet=sheet,
            row=row,
            column=problem.column,
            code=problem.code,
            message=problem.message,
        )


def _in_order(
    problems: Sequence[Problem], register: Register, files: Sequence[str], sources: Sequence[Source]
) -> tuple[Problem, ...]:
    """By file as given, sheet as in the file, row, and column as in the contract."""
    columns = {column.name: place for place, column in enumerate(register.columns)}
    sheets = {
        (source.label, sheet.name): place for source in sources for place, sheet in enumerate(source.sheets)
    }

    def place(problem: Problem) -> tuple[int, int, int, int]:
        return (
            files.index(problem.file),
            sheets.get((problem.file, problem.sheet), -1),
            problem.row or 0,
            columns.get(problem.column or "", -1),
        )

    return tuple(sorted(problems, key=place))


def _write_marked(
    register: Register, sources: Sequence[Source], problems: Sequence[Problem], folder: Path | None
) -> tuple[Path, ...]:
    """Copies of the files that have problems; a folder that cannot be written to gets none."""
    written: list[Path] = []
    for source in sources:
        found = [problem for problem in problems if problem.file == source.label]
        at = folder or source.path.parent
        if not found:
            continue
        path = at / f"{source.path.stem}.problems.xlsx"
        if path in written:
            path = at / f"{source.path.name}.{len(written)}.problems.xlsx"
        copy = marked.copy(register, source, found)
        try:
            path.touch(mode=0o600)  # It holds what the file holds: names and ID numbers.
            path.write_bytes(copy)
        except OSError:
            continue
        written.append(path)
    return tuple(written)

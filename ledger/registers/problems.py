"""What is wrong with a register (问题): where it stands, a stable code, and a message in Chinese."""

from collections.abc import Iterable

import msgspec

from ledger.errors import InputError


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing an officer must put right.

    ``row`` is the row number the spreadsheet shows, ``column`` the header. Both are None where the problem
    belongs to the sheet or the file as a whole; ``sheet`` is None for a CSV file.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    code: str
    message: str


class RowProblem(msgspec.Struct, frozen=True):
    """A problem of the n-th row of the table, before its place in a file is looked up."""

    index: int
    column: str | None
    code: str
    message: str


class Unreadable(InputError):  # noqa: N818 - reads as the condition it names
    """A file or sheet that cannot be read as a register; ``sheet``, ``row`` and ``column`` where known."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(code, message)
        self.sheet = sheet
        self.row = row
        self.column = column

    def problem(self, file: str) -> Problem:
        """The same as a problem of the file."""
        return Problem(
            file=file,
            sheet=self.sheet,
            row=self.row,
            column=self.column,
            code=self.code,
            message=self.message,
        )


def rows_at_fault(problems: Iterable[Problem]) -> int:
    """How many rows have a problem."""
    return len({(found.file, found.sheet, found.row) for found in problems if found.row is not None})

"""Three plain tables (科目、科目余额、凭证) as CSV, for auditors who collect by database; no standard's form.

A text that a spreadsheet would take for a formula is guarded by a leading apostrophe.
"""

from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from exports import layout as data
from exports.bookyear import BookYear
from exports.contents import CONTENTS, WORDS
from exports.delimited import RULES, write_files
from exports.layout import Expected, Layout
from projections.journal import JournalLine

EXPECTED: Final = Expected(
    rules=RULES | WORDS, contents=CONTENTS, once=frozenset({"account", "balance", "entry"})
)


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The tables as data; raises InputError ``layout-invalid``."""
    source = resources.files(__name__) / "layout.toml"
    return data.read("tables/layout.toml", source.read_bytes(), EXPECTED)


def write(folder: Path, form: Layout, year: BookYear, lines: Iterable[JournalLine]) -> list[str]:
    """Writes the three tables of a year into a folder that exists; returns what must be said about them."""
    return write_files(folder, form, year, lines)

"""Audit text files in the form of GB/T 19581-2004 (会计核算软件数据接口), one folder a book and year.

In the form of: the standard's own text was not open to us, and nothing here claims conformity. What is
sourced and what is not stands row by row in ``layout.toml`` and in ``docs/gbt.md``.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from exports import layout as data
from exports.bookyear import BookYear
from exports.contents import CONTENTS, WORDS
from exports.delimited import RULES, write_files
from exports.layout import Expected, File, Layout, shown_width
from projections.journal import JournalLine

EXPECTED: Final = Expected(
    rules=RULES
    | WORDS
    | {"description-file", "description-heading-1", "description-heading-2", "description-field"},
    contents=CONTENTS,
    once=frozenset({"account", "balance", "entry", "item"}),
)


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The form as data; raises InputError ``layout-invalid``."""
    source = resources.files(__name__) / "layout.toml"
    return data.read("gbt19581/layout.toml", source.read_bytes(), EXPECTED)


def write(folder: Path, form: Layout, year: BookYear, lines: Iterable[JournalLine]) -> list[str]:
    """Writes the files of a year into a folder that exists; returns what must be said about them.

    Raises InputError ``export-too-wide``.
    """
    remarks = write_files(folder, form, year, lines)
    (folder / form.rule("description-file")).write_bytes(description(form))
    return remarks


def description(form: Layout) -> bytes:
    """``GSSM.TXT`` (格式说明): a block a file – two headings, one line a field – and a blank line between."""
    end = form.rule("line-end")
    blocks = (end.join([*_block(form, file), ""]) for file in form.files)
    return end.join(blocks).encode(form.rule("encoding"))


def _block(form: Layout, file: File) -> Iterator[str]:
    [table] = file.tables
    for heading in ("description-heading-1", "description-heading-2"):
        yield form.rule(heading).format(title=table.title, file=file.name)
    for field in table.fields:
        yield form.rule("description-field").format(
            name=field.name, letter=form.type_of[field.kind].letter, width=shown_width(field)
        )

"""Audit XML files in the form of GB/T 24589.1-2010 (公共档案、总账), one folder a book and year.

In the form of: the standard's own text was not open to us, and nothing here claims conformity. What is
sourced and what is not stands row by row in ``layout.toml`` and in ``docs/gbt.md``.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final
from xml.sax.saxutils import escape, quoteattr

from exports import layout as data
from exports.bookyear import BookYear
from exports.contents import CONTENTS, WORDS
from exports.fitting import Cut, Fitting, Record
from exports.layout import Expected, File, Layout, Table
from exports.remarks import of_year
from projections.journal import JournalLine

EXPECTED: Final = Expected(
    rules=WORDS | {"encoding", "line-end", "namespace", "control-becomes"},
    contents=CONTENTS,
    once=frozenset({"account", "balance", "entry", "item"}),
)

_NO_XML: Final = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids, and what would break a line."""


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The form as data; raises InputError ``layout-invalid``."""
    source = resources.files(__name__) / "layout.toml"
    return data.read("gbt24589/layout.toml", source.read_bytes(), EXPECTED)


def write(folder: Path, form: Layout, year: BookYear, lines: Iterable[JournalLine]) -> list[str]:
    """Writes the files of a year into a folder that exists; returns what must be said about them.

    Balances stand before the vouchers that they follow from, so the vouchers are written first, beside.
    Raises InputError ``export-too-wide``.
    """
    cuts: list[Cut] = []
    with TemporaryFile() as vouchers:
        [(file, table)] = [
            (file, table) for file in form.files for table in file.tables if table.content == "entry"
        ]
        vouchers.writelines(_elements(form, file, table, year.entries(lines), cuts))
        for file in form.files:
            with (folder / file.name).open("wb") as stream:
                _write(stream, form, file, year, vouchers, cuts)
    return of_year(year, cuts)


def _write(
    stream: IO[bytes], form: Layout, file: File, year: BookYear, vouchers: IO[bytes], cuts: list[Cut]
) -> None:
    encoding, end = form.rule("encoding"), form.rule("line-end")
    namespace = f" xmlns={quoteattr(form.rule('namespace'))}" if form.rule("namespace") else ""
    head = f'<?xml version="1.0" encoding="{encoding}"?>{end}<{file.root}{namespace}>{end}'
    stream.write(head.encode(encoding))
    for table in file.tables:
        if table.content == "entry":
            vouchers.seek(0)
            shutil.copyfileobj(vouchers, stream)
        elif table.content:
            stream.writelines(_elements(form, file, table, year.records(table.content), cuts))
        else:
            stream.writelines(_rows(form, table, table.rows))
    stream.write(f"</{file.root}>{end}".encode(encoding))


def _elements(
    form: Layout, file: File, table: Table, records: Iterable[Record], cuts: list[Cut]
) -> Iterator[bytes]:
    becomes = form.rule("control-becomes")

    def clean(text: str) -> str:
        return _NO_XML.sub(becomes, text)

    fitting = Fitting(form, f"{file.name} {table.title}", table, clean, cuts)
    return _rows(form, table, map(fitting.texts, records))


def _rows(form: Layout, table: Table, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """One record a line: an element a field, an empty tag where there is nothing to say."""
    tags = [(f"<{field.name}/>", f"<{field.name}>", f"</{field.name}>") for field in table.fields]
    end = f"</{table.title}>{form.rule('line-end')}"
    encoding = form.rule("encoding")
    for texts in rows:
        fields = [
            f"{begins}{escape(text)}{ends}" if text else empty
            for (empty, begins, ends), text in zip(tags, texts, strict=True)
        ]
        yield f"<{table.title}>{''.join(fields)}{end}".encode(encoding)

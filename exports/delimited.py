"""Text files with separated fields (分隔文本): one record a line, words in quotes, numbers bare."""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from exports.bookyear import BookYear
from exports.fitting import Clean, Cut, Fitting, Record
from exports.layout import File, Layout
from exports.remarks import of_year
from projections.journal import JournalLine

RULES: Final = frozenset(
    {"encoding", "separator", "quote", "line-end", "header", "control-becomes", "quote-becomes", "guard"}
)
"""The rules of writing that such a format has."""

CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that would end a field or a line somewhere, and halves of characters."""

_FORMULA: Final = ("=", "+", "-", "@")
"""How a text begins that a spreadsheet would take for a formula."""


def clean(layout: Layout) -> Clean:
    """What becomes of TAB, line ends and quotes, and of a text that a spreadsheet would take for a formula.

    Where a quote becomes something with a quote in it, that is grammar, and no part of the text.
    """
    control, guard = layout.rule("control-becomes"), layout.rule("guard")
    quote, becomes = layout.rule("quote"), layout.rule("quote-becomes")
    replaced = quote if quote in becomes else becomes

    def cleaned(text: str) -> str:
        plain = CONTROL.sub(control, text).replace(quote, replaced)
        return guard + plain if guard and plain.startswith(_FORMULA) else plain

    return cleaned


class Delimited:
    """The lines of one file as bytes."""

    def __init__(self, layout: Layout, file: File, cuts: list[Cut]) -> None:
        [table] = file.tables
        self._fitting = Fitting(layout, file.name, table, clean(layout), cuts)
        self._quoted = [layout.type_of[field.kind].quoted for field in table.fields]
        self._quote, self._quote_becomes = layout.rule("quote"), layout.rule("quote-becomes")
        self._separator, self._end = layout.rule("separator"), layout.rule("line-end")
        self._encoder = codecs.getincrementalencoder(layout.rule("encoding"))()
        self._titles = [field.name for field in table.fields] if layout.rule("header") == "1" else []

    def lines(self, records: Iterable[Record]) -> Iterator[bytes]:
        """One line a record, below the names of the fields where the format has them.

        Raises InputError ``export-too-wide``.
        """
        if self._titles:
            yield self._line(map(self._in_quotes, self._titles))
        for record in records:
            texts = zip(self._fitting.texts(record), self._quoted, strict=True)
            yield self._line(self._in_quotes(text) if quoted else text for text, quoted in texts)

    def _in_quotes(self, text: str) -> str:
        return f"{self._quote}{text.replace(self._quote, self._quote_becomes)}{self._quote}"

    def _line(self, texts: Iterable[str]) -> bytes:
        return self._encoder.encode(self._separator.join(texts) + self._end)


def write_files(folder: Path, layout: Layout, year: BookYear, lines: Iterable[JournalLine]) -> list[str]:
    """Writes every file of a year into a folder that exists; returns what must be said about them.

    Vouchers come first: writing them posts them. Raises InputError ``export-too-wide``.
    """
    cuts: list[Cut] = []
    files = {file.tables[0].content or "": file for file in layout.files}
    vouchers = files.pop("entry")
    for content, file in (("entry", vouchers), *files.items()):
        records = year.entries(lines) if content == "entry" else year.records(content)
        with (folder / file.name).open("wb") as stream:
            stream.writelines(Delimited(layout, file, cuts).lines(records))
    return of_year(year, cuts)

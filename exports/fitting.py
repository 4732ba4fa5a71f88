"""Values into fields (填写字段): type, width, and what happens to a text that is too long.

A code that is too wide is refused, because half a code is another code; words are cut where the layout
allows it, and every cut is noted.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from exports.layout import Field, Layout, Table
from ledger.errors import InputError
from ledger.money import yuan

Value = str | int | date | None
"""Words, fen or a count, a day; None: there is none."""

Record = Mapping[str, Value]

Clean = Callable[[str], str]
"""What a format does with characters that it cannot carry."""

Put = Callable[[Record], str]


class Cut(NamedTuple):
    """A text that did not fit (截断): the file, the record's number from 1, the field, and the whole text."""

    file: str
    row: int
    field: str
    width: int
    text: str


class Fitting:
    """The texts of a table's records, field by field, in the order of the layout."""

    def __init__(self, layout: Layout, file: str, table: Table, clean: Clean, cuts: list[Cut]) -> None:
        self._file = file
        self._layout = layout
        self._clean = clean
        self._cuts = cuts
        self._bytes = layout.rule("encoding") if layout.rule("width-counts") == "bytes" else None
        self._puts = [self._put(field) for field in table.fields]
        self._row = 0

    def texts(self, record: Record) -> list[str]:
        """One text a field.

        Raises InputError ``export-too-wide``: a code or an amount does not fit; ``export-code-twice``: two
        codes are one when written.
        """
        self._row += 1
        return [put(record) for put in self._puts]

    def _put(self, field: Field) -> Put:
        if field.constant is not None:
            constant = self._clean(field.constant) or self._layout.type_of[field.kind].empty
            return lambda _: constant
        if field.kind == "number":
            return self._number(field)
        if field.kind == "integer":
            return self._integer(field)
        if field.kind == "date":
            return self._date(field)
        return self._unique(field) if field.unique else self._text(field)

    def _number(self, field: Field) -> Put:
        name, zeros, limit = field.filled_by, "0" * (field.decimals - 2), field.width

        def put(record: Record) -> str:
            value = record[name]
            if not isinstance(value, int):
                raise TypeError(f"{field.name}: {value!r} is no amount")
            text = yuan(value) + zeros
            if limit is not None and len(text) > limit and len(text.lstrip("-")) - 1 > limit:
                raise self._too_wide(field, text)
            return text

        return put

    def _integer(self, field: Field) -> Put:
        def put(record: Record) -> str:
            value = record[field.filled_by]
            if not isinstance(value, int):
                raise TypeError(f"{field.name}: {value!r} is no whole number")
            text = str(value)
            if field.width is not None and len(text) > field.width:
                raise self._too_wide(field, text)
            return text

        return put

    def _date(self, field: Field) -> Put:
        empty = self._layout.type_of[field.kind].empty

        def put(record: Record) -> str:
            value = record[field.filled_by]
            if value is None:
                return empty
            if not isinstance(value, date):
                raise TypeError(f"{field.name}: {value!r} is no day")
            return value.strftime("%Y%m%d")

        return put

    def _text(self, field: Field) -> Put:
        name, clean, limit = field.filled_by, self._clean, field.width
        empty = self._layout.type_of[field.kind].empty

        def put(record: Record) -> str:
            value = record[name]
            if not value:
                return empty
            if not isinstance(value, str):
                raise TypeError(f"{field.name}: {value!r} is no text")
            text = clean(value)
            return text if limit is None or self._size(text) <= limit else self._cut(field, text, limit)

        return put

    def _unique(self, field: Field) -> Put:
        plain = self._text(field)
        seen: set[str] = set()

        def put(record: Record) -> str:
            text = plain(record)
            if text in seen:
                message = f"{self._file} 第 {self._row} 行“{field.name}”：两个编号写出来都是“{text}”"
                raise InputError("export-code-twice", message)
            seen.add(text)
            return text

        return put

    def _cut(self, field: Field, text: str, limit: int) -> str:
        if not field.cut:
            raise self._too_wide(field, text)
        self._cuts.append(Cut(self._file, self._row, field.name, limit, text))
        short = text[:limit]
        while self._size(short) > limit:
            short = short[:-1]
        return short

    def _size(self, text: str) -> int:
        return len(text) if self._bytes is None else len(text.encode(self._bytes))

    def _too_wide(self, field: Field, text: str) -> InputError:
        return InputError(
            "export-too-wide",
            f"{self._file} 第 {self._row} 行“{field.name}”为“{text}”，超过 {self._layout.standard} 格式数据"
            f"中的长度 {field.width}；编号和金额不能截断，请核对标准后改正格式数据中的长度",
        )

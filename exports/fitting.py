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
        self._puts = [self._put(field) for field in table.fields]
        self.rows = 0

    def texts(self, record: Record) -> list[str]:
        """One text a field; raises InputError ``export-too-wide``: a code or a number that does not fit."""
        self.rows += 1
        return [put(record) for put in self._puts]

    def _put(self, field: Field) -> Callable[[Record], str]:
        if field.constant is not None:
            constant = self._clean(field.constant) or self._layout.type_of[field.kind].empty
            return lambda _: constant
        name = field.fill or field.name
        if field.kind == "number":
            return lambda record: self._number(field, record[name])
        if field.kind == "integer":
            return lambda record: self._integer(field, record[name])
        return lambda record: self._text(field, record[name])

    def _number(self, field: Field, value: Value) -> str:
        if not isinstance(value, int):
            raise TypeError(f"{field.name}: {value!r} is no amount")
        text = yuan(value) + "0" * (field.decimals - 2)
        if field.width is not None and len(text.lstrip("-")) - 1 > field.width:
            raise self._too_wide(field, text)
        return text

    def _integer(self, field: Field, value: Value) -> str:
        if not isinstance(value, int):
            raise TypeError(f"{field.name}: {value!r} is no whole number")
        text = str(value)
        if field.width is not None and len(text) > field.width:
            raise self._too_wide(field, text)
        return text

    def _text(self, field: Field, value: Value) -> str:
        if isinstance(value, date):
            return value.strftime("%Y%m%d")
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{field.name}: {value!r} is no text")
        if not value:
            return self._layout.type_of[field.kind].empty
        text = self._clean(value)
        if field.width is None or len(text) <= field.width:
            return text
        if not field.cut:
            raise self._too_wide(field, text)
        self._cuts.append(Cut(self._file, self.rows, field.name, field.width, text))
        return text[: field.width]

    def _too_wide(self, field: Field, text: str) -> InputError:
        return InputError(
            "export-too-wide",
            f"{self._file} 第 {self.rows} 行“{field.name}”为“{text}”，超过 {self._layout.standard} 格式数据"
            f"中的长度 {field.width}；编号和金额不能截断，请核对标准后改正格式数据中的长度",
        )

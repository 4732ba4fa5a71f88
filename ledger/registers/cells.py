"""Cells → values: one reader a kind of column. Each distinct cell of a column is read once.

A reader gets the cell (text cleaned, never blank) and the column's name for the message, and raises
InputError.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from ledger import identity, money, policy
from ledger.calendar import EARLIEST, parse_date
from ledger.errors import InputError
from ledger.privacy import refuse_numbers
from ledger.registers.workbook import Cell

MAX_TEXT: Final = 2000
MAX_NUMBER_DIGITS: Final = 15
"""A spreadsheet keeps 15 significant digits of a number; of a longer one the rest are lost."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d{2}")
_ERROR = re.compile(r"#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d+")

Shape = Literal["text", "amount", "area", "date", "count", "choice"]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a column's cells are read; ``words`` are the allowed ones of an enumeration.

    ``verbatim``: a short word of ASCII letters and digits is its own value, so a column of such words needs
    no reading.
    """

    shape: Shape
    read: Callable[[Cell, str], Any]
    words: tuple[str, ...] = ()
    verbatim: bool = False


def read_column(
    reader: Reader, name: str, cells: Sequence[Cell]
) -> tuple[list[Any], dict[int, tuple[str, str]]]:
    """Values of a column (None where blank or wrong) and the code and message of each wrong index."""
    types = set(map(type, cells))
    if reader.verbatim and types == {str} and _are_words(cells):
        return [cell or None for cell in cells], {}
    if bool in types:  # True == 1.0 would share its place in the dictionary.
        cells = [str(cell).upper() if isinstance(cell, bool) else cell for cell in cells]
    values: dict[Cell, Any] = {}
    wrong: dict[Cell, tuple[str, str]] = {}
    for cell in set(cells):
        try:
            values[cell] = _read(reader, name, cell)
        except InputError as error:
            wrong[cell] = (error.code, error.message)
    faults = {index: wrong[cell] for index, cell in enumerate(cells) if cell in wrong} if wrong else {}
    return list(map(values.get, cells)), faults


def _are_words(cells: Sequence[Any]) -> bool:
    """Whether all texts are short and of ASCII letters and digits only, as in most columns of codes."""
    together = "".join(cells)
    return together.isascii() and together.isalnum() and max(map(len, cells)) <= identity.MAX_CODE_LENGTH


def _read(reader: Reader, name: str, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return reader.read(cell, name)
    text = clean(cell)
    return reader.read(_checked(text, name), name) if text else None


def clean(text: str) -> str:
    """NFKC, invisible characters removed, every run of white space one space, trimmed."""
    if text.isascii() and text.isalnum():
        return text
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1]  # How CSV files keep a number's leading zeros: ="00123".
    return " ".join(identity.INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def shown(cell: Cell, name: str) -> str:
    """The cell as text: a number ``101`` is ``101``; raises ``number-too-long`` or ``text-is-date``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float):
        if abs(cell) >= 10**MAX_NUMBER_DIGITS or cell != cell:
            raise InputError("number-too-long", f"{name}是超过 15 位的数字，表格已丢失末位，请改为文本后重填")
        return str(int(cell)) if cell == int(cell) else _plain(cell)
    raise InputError("text-is-date", f"{name}被表格软件变成了日期，请改为文本后重填")


def _checked(text: str, name: str) -> str:
    """Raises ``cell-error``, ``number-too-long``, ``text-invalid`` or ``text-too-long``."""
    if text.isalnum() and len(text) <= MAX_TEXT:
        return text
    if _ERROR.fullmatch(text):
        raise InputError("cell-error", f"{name}是公式错误 {text}")
    if _SCIENTIFIC.fullmatch(text):
        raise InputError("number-too-long", f"{name}“{text}”是科学记数，表格已丢失末位，请改为文本后重填")
    if _CONTROL.search(text):
        raise InputError("text-invalid", f"{name}含有控制字符")
    if len(text) > MAX_TEXT:
        raise InputError("text-too-long", f"{name}超过 {MAX_TEXT} 个字符")
    return text


def _plain(number: float) -> str:
    """The number as the spreadsheet shows it: 15 digits, so that a formula's 0.1 + 0.2 is 0.3."""
    return format(Decimal(f"{number:.{MAX_NUMBER_DIGITS}g}"), "f")


def _amount(cell: Cell, name: str) -> int:
    if isinstance(cell, int | float):
        return money.parse_yuan(_plain(cell))
    if isinstance(cell, str):
        return money.parse_yuan(cell)
    raise InputError("amount-invalid", f"{name}不应是日期")


def _paid(cell: Cell, name: str) -> int:
    """An amount above zero: said here too, so that a row with two wrong cells lists both at once."""
    found = _amount(cell, name)
    if found <= 0:
        raise InputError("amount-not-positive", f"金额 {money.yuan(found)} 应大于零")
    return found


def _held(cell: Cell, name: str) -> int:
    """A balance: an amount of zero or more."""
    found = _amount(cell, name)
    if found < 0:
        raise InputError("amount-negative", f"{name} {money.yuan(found)} 不能为负数")
    return found


def _area(cell: Cell, name: str) -> int:
    try:
        dm2 = _amount(cell, name)
    except InputError as error:
        raise InputError("area-invalid", f"{name}应为最多两位小数的平方米数") from error
    if dm2 < 0:
        raise InputError("area-invalid", f"{name}不能为负数")
    return dm2


def _day(cell: Cell, name: str) -> date:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if cell < EARLIEST:
            raise InputError("date-invalid", f"{name} {cell} 早于 {EARLIEST}")
        return cell
    if isinstance(cell, time | timedelta):
        raise InputError("date-invalid", f"{name}只有时间，没有日期")
    return parse_date(shown(cell, name))


def _count(cell: Cell, name: str) -> int:
    text = shown(cell, name) if not isinstance(cell, date | time | timedelta) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InputError("count-invalid", f"{name}应为整数")
    return int(text)


def _code(cell: Cell, name: str) -> str:
    return identity.code(shown(cell, name), name)


def _codes(cell: Cell, name: str) -> tuple[str, ...]:
    parts = [part for part in shown(cell, name).split(";") if part.strip()]
    if not parts:
        raise InputError("code-invalid", f"{name}不能为空")
    return tuple(sorted({identity.code(part, name) for part in parts}))


def _county(cell: Cell, name: str) -> str:
    return policy.load().county(shown(cell, name)).code


TEXT = Reader("text", shown, verbatim=True)
WORDS = Reader("text", lambda cell, name: refuse_numbers(shown(cell, name), name))
CODE = Reader("text", _code, verbatim=True)
CODES = Reader("text", _codes)
AMOUNT = Reader("amount", _paid)
BALANCE = Reader("amount", _held)
FIGURE = Reader("amount", _amount)
AREA = Reader("area", _area)
DAY = Reader("date", _day)
COUNT = Reader("count", _count)
COUNTY = Reader("text", _county)


def choice(words: Mapping[str, Any]) -> Reader:
    """A column whose cells are one of these words exactly; raises InputError ``choice-invalid``."""
    allowed = "、".join(words)

    def read(cell: Cell, name: str) -> Any:
        word = shown(cell, name) if isinstance(cell, str | int | float) else ""
        if word not in words:
            raise InputError("choice-invalid", f"{name}应为以下之一：{allowed}")
        return words[word]

    return Reader("choice", read, tuple(words))

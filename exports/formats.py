"""The forms that the books can be had in."""

from typing import Final

from exports.beancount import BEANCOUNT
from exports.export import Format
from exports.hledger import HLEDGER
from exports.parquet import Parquet
from ledger.errors import InputError

_ALL: tuple[Format, ...] = (HLEDGER, BEANCOUNT, Parquet())

FORMATS: Final[dict[str, Format]] = {form.name: form for form in _ALL}
"""Every format by its name."""


def format_of(name: str) -> Format:
    """The format of this name; raises InputError ``format-unknown``."""
    if name not in FORMATS:
        raise InputError("format-unknown", f"没有导出格式“{name}”，只有 {'、'.join(FORMATS)}")
    return FORMATS[name]

"""The forms that the books can be had in."""

from typing import Final

from exports import gbt19581, gbt24589, tables
from exports.audit_files import AuditFiles
from exports.beancount import BEANCOUNT
from exports.export import Format
from exports.hledger import HLEDGER
from exports.parquet import Parquet
from ledger.errors import InputError

_ALL: tuple[Format, ...] = (
    HLEDGER,
    BEANCOUNT,
    Parquet(),
    AuditFiles("gbt19581", "审计数据文本（GB/T 19581-2004 的形式）", gbt19581.layout, gbt19581.write),
    AuditFiles("gbt24589", "审计数据 XML（GB/T 24589.1 的形式）", gbt24589.layout, gbt24589.write),
    AuditFiles("tables", "科目、科目余额、凭证三张表（CSV）", tables.layout, tables.write),
)

FORMATS: Final[dict[str, Format]] = {form.name: form for form in _ALL}
"""Every format by its name."""


def format_of(name: str) -> Format:
    """The format of this name; raises InputError ``format-unknown``."""
    if name not in FORMATS:
        raise InputError("format-unknown", f"没有导出格式“{name}”，只有 {'、'.join(FORMATS)}")
    return FORMATS[name]

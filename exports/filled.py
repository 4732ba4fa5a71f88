"""Records that were read back, by what fills them (回读): so a field may be renamed in the data alone."""

from collections.abc import Mapping, Sequence

from exports.layout import Layout
from ledger.errors import InputError

Read = Mapping[str, Sequence[Mapping[str, str]]]
"""Records by the title of their table; each a text by the name of its field."""


def filled(form: Layout, found: Read, content: str) -> list[dict[str, str]]:
    """The records of a content; raises InputError ``export-unreadable``: a table or a field is missing."""
    [table] = [table for file in form.files for table in file.tables if table.content == content]
    names = [(field.fill, field.name) for field in table.fields if field.fill]
    try:
        return [{fill: row[name] for fill, name in names} for row in found[table.title]]
    except KeyError as missing:
        raise InputError("export-unreadable", f"没有表或字段 {missing.args[0]}") from missing

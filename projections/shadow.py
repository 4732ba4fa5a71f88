"""Shadow tables: the same table under the name ``…__new``, filled beside the live one and then renamed."""

from sqlalchemy import MetaData, Table
from sqlalchemy.sql.elements import conv

SUFFIX = "__new"


def beside(table: Table) -> Table:
    """The shadow of a table; its indexes and constraints bear the suffix too, as names are unique."""
    shadow = table.to_metadata(MetaData(), name=table.name + SUFFIX)
    shadow.primary_key.name = conv(f"{shadow.primary_key.name}{SUFFIX}")
    for index in shadow.indexes:
        index.name = conv(f"{index.name}{SUFFIX}")
    return shadow

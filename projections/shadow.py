"""Shadow tables: the same table under the name ``…__new``, filled beside the live one and then renamed.

A draft (``…__draft__new``) is a shadow that another one is made from.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Executable, MetaData, Table, text
from sqlalchemy.schema import AddConstraint, CreateIndex
from sqlalchemy.sql.elements import conv

from projections.exclusive import Task, exclusive

SUFFIX = "__new"
_DRAFT = "__draft"

_OWNER = "fund_app"
"""The group that owns the read tables; whoever rebuilds must be a member."""

_MEMBER = text("select 1 from pg_roles where rolname = :owner and pg_has_role(oid, 'member')")
_LEFT_OVER = text(
    "select format('%I.%I', schemaname, tablename) from pg_tables"
    " where schemaname = 'read' and right(tablename, length(:suffix)) = :suffix order by tablename"
)
_GRANTS = text(
    "select coalesce(quote_ident(pg_get_userbyid(nullif(acl.grantee, 0))), 'public') as grantee,"
    " acl.privilege_type as privilege"
    " from pg_class live, aclexplode(live.relacl) acl"
    " where live.oid = cast(:table as regclass) and acl.grantee <> live.relowner"
)


def beside(table: Table) -> Table:
    """The shadow of a table; its indexes and constraints bear the suffix too, as names are unique."""
    shadow = table.to_metadata(MetaData(), name=table.name + SUFFIX)
    shadow.primary_key.name = conv(f"{shadow.primary_key.name}{SUFFIX}")
    for index in shadow.indexes:
        index.name = conv(f"{index.name}{SUFFIX}")
    return shadow


def draft(table: Table) -> Table:
    """The draft of a table: its columns, never its keys and indexes."""
    return table.to_metadata(MetaData(), name=f"{table.name}{_DRAFT}{SUFFIX}")


@contextmanager
def as_owner(engine: Engine) -> Iterator[Connection]:
    """A transaction that acts as the owner of the read tables where there is such a group."""
    with engine.begin() as connection:
        if connection.execute(_MEMBER, {"owner": _OWNER}).first() is not None:
            connection.execute(text(f"set local role {_OWNER}"))
        yield connection


def commit_soon(connection: Connection) -> None:
    """Shadows are nobody's truth yet: their commits need not wait for the disk, the swap's will."""
    connection.execute(text("set local synchronous_commit = off"))


def create(engine: Engine, tables: Sequence[Table], drafts: Sequence[Table]) -> None:
    """Make empty shadows, without keys and indexes: filling is faster so."""
    names = [(table, f"{table.name}{SUFFIX}") for table in tables]
    names += [(table, draft(table).name) for table in drafts]
    with as_owner(engine) as connection:
        commit_soon(connection)
        for table, name in names:
            connection.execute(
                text(f'create table "{table.schema}"."{name}" (like {_live(table)} including comments)')
            )


def complete(engine: Engine, table: Table) -> None:
    """Add keys, indexes and statistics to a filled shadow, each in a commit of its own."""
    shadow = beside(table)
    statements: Sequence[Executable] = (
        AddConstraint(shadow.primary_key),
        *map(CreateIndex, shadow.indexes),
        text(f"analyze {_shadow(table)}"),
    )
    for statement in statements:
        with as_owner(engine) as connection:
            commit_soon(connection)
            connection.execute(statement)


def left_over(connection: Connection) -> Sequence[str]:
    """Names of the shadows that there are: of a rebuild that runs, or was killed, of any version."""
    return connection.execute(_LEFT_OVER, {"suffix": SUFFIX}).scalars().all()


def drop(engine: Engine) -> Sequence[str]:
    """Remove all shadows, also those that a killed rebuild left; returns their names."""
    with as_owner(engine) as connection:
        names = left_over(connection)
        for name in names:
            connection.execute(text(f"drop table {name}"))
    return names


def clear(engine: Engine) -> Sequence[str]:
    """Remove what a killed rebuild left, unless one is running; returns the names."""
    with engine.connect() as connection:
        if not left_over(connection):
            return ()
    with exclusive(engine, Task.REBUILD) as held:
        return drop(engine) if held else ()


def replace(connection: Connection, tables: Sequence[Table]) -> None:
    """Put the shadows in place of the live tables, with the same names and grants, in this transaction.

    Readers wait from the lock on, so all that follows it goes to the database at once.
    """
    for table in tables:
        for grantee, privilege in connection.execute(_GRANTS, {"table": _live(table)}).all():
            connection.execute(text(f"grant {privilege} on {_shadow(table)} to {grantee}"))
    statements = [f"lock table {', '.join(map(_live, tables))} in access exclusive mode"]
    for table in tables:
        statements.append(f"drop table {_live(table)}")
        statements.append(f'alter table {_shadow(table)} rename to "{table.name}"')
        names = (table.primary_key.name, *(index.name for index in table.indexes))
        statements += [f'alter index "{table.schema}"."{name}{SUFFIX}" rename to "{name}"' for name in names]
    connection.execute(text("; ".join(statements)))


def _live(table: Table) -> str:
    return f'"{table.schema}"."{table.name}"'


def _shadow(table: Table) -> str:
    return f'"{table.schema}"."{table.name}{SUFFIX}"'

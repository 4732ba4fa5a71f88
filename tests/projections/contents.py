"""What the read tables hold and how they are made, to be the same before and after."""

from sqlalchemy import text

from projections.models import TABLES


def contents(database):
    with database.engine.connect() as connection:
        found = {table.name: sorted(connection.execute(table.select()).all(), key=repr) for table in TABLES}
        found["checkpoints"] = connection.execute(
            text("select model, version, position from read.checkpoints order by model")
        ).all()
        return found


DEFINITIONS = (
    """
    select c.relname, c.relkind::text, pg_get_userbyid(c.relowner), c.relacl::text,
        case when c.relkind = 'i' then pg_get_indexdef(c.oid) end
    from pg_class c where c.relnamespace = 'read'::regnamespace order by 1
    """,
    """
    select c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) from pg_constraint c
    where c.connamespace = 'read'::regnamespace and c.contype <> 'n' order by 1, 2
    """,
    """
    select a.attrelid::regclass::text, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attcollation::regcollation::text, a.attnotnull, col_description(a.attrelid, a.attnum)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and a.attnum > 0 order by 1, 2
    """,
)


def definitions(database):
    """All that a migration or a grant says of the read tables, by name."""
    with database.engine.connect() as connection:
        return [connection.execute(text(query)).all() for query in DEFINITIONS]


def left_over(database):
    return [name for name, *_ in definitions(database)[0] if "__new" in name]

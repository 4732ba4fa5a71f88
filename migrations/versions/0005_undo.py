"""Undoing an import: rows and names may be taken again, in turn, and an import knows its place in the log.

Nothing is updated or deleted: an import is undone when there is an event in the stream of its name.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_undo"
down_revision = "0004_access"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    add_turn("rows", ["digest"], "how many undone imports had taken it before")
    add_turn("claims", ["kind", "name"], "how many undone imports had claimed it before")
    op.add_column(
        "claims",
        sa.Column("import_id", KEY, comment="the import that claimed it; null: none"),
        schema="log",
    )
    create_imports()
    op.execute("""
        create view log.undone as
        select substr(stream, length('import/') + 1) as import_id from log.events
        where stream > 'import/' and stream < 'import0'
    """)
    op.execute("revoke insert on log.undone from fund_app")
    op.execute("""
        comment on column log.events.stream is
        'building/…, book/…, repair/…, receipts/…, import/…, refusal/…'
    """)


def add_turn(table: str, key: list[str], comment: str) -> None:
    """What is there already is on its first turn."""
    turn = sa.Column("turn", sa.SmallInteger, nullable=False, server_default="0", comment=comment)
    op.add_column(table, turn, schema="log")
    op.alter_column(table, "turn", server_default=None, schema="log")
    op.drop_constraint(f"{table}_pkey", table, schema="log")
    op.create_primary_key(f"{table}_pkey", table, [*key, "turn"], schema="log")


def create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", KEY),
        sa.Column(
            "position", sa.BigInteger, nullable=False, comment="its last event; 0 when its rows added none"
        ),
        sa.PrimaryKeyConstraint("import_id", name="imports_pkey"),
        comment="where an import stands in the log: all its events have one transaction",
        schema="log",
    )
    op.execute("""
        create trigger append_only before update or delete or truncate on log.imports
        for each statement execute function log.refuse_change()
    """)
    op.execute("""
        insert into log.imports (import_id, position)
        select import_id, coalesce(max(position), 0)
        from (select distinct import_id from log.rows) as taken
        left join (
            select position, data::json ->> 'import_id' as import_id from log.events
            where position(',"import_id":"' in data) > 0
        ) as made using (import_id)
        group by import_id
    """)

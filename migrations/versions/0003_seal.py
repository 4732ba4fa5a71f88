"""The seal: a leaf for each event and the heads of the growing tree; only ever added to, as the log is."""

import sqlalchemy as sa
from alembic import op

revision = "0003_seal"
down_revision = "0002_read"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column(
            "index",
            sa.BigInteger,
            autoincrement=False,
            nullable=False,
            comment="0, 1, 2 … in position order",
        ),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the event"),
        sa.Column(
            "leaf", sa.LargeBinary, nullable=False, comment="SHA-256 of the stored event, docs/seal.md"
        ),
        sa.PrimaryKeyConstraint("index", name="leaves_pkey"),
        sa.UniqueConstraint("position", name="leaves_position_key"),
        schema="seal",
    )
    op.create_table(
        "heads",
        sa.Column("size", sa.BigInteger, autoincrement=False, nullable=False, comment="leaves in the tree"),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the last event in the tree"),
        sa.Column("root", sa.LargeBinary, nullable=False, comment="RFC 9162 Merkle tree hash"),
        sa.Column(
            "peaks",
            sa.LargeBinary,
            nullable=False,
            comment="roots of the perfect subtrees, largest first",
        ),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name="heads_pkey"),
        schema="seal",
    )
    op.execute("grant select, insert on all tables in schema seal to fund_app")
    op.execute("""
        create function seal.refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '封存只能追加，不得修改或删除 (the seal is append only: % on seal.% refused)',
                tg_op, tg_table_name using errcode = 'insufficient_privilege';
        end $$
    """)
    for table in ("leaves", "heads"):
        op.execute(f"""
            create trigger append_only before update or delete or truncate on seal.{table}
            for each statement execute function seal.refuse_change()
        """)

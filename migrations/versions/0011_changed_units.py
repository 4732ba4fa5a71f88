"""Accounts that were closed by a split or merger, and accounts that a court has frozen.

A ledger from before has neither, so the accounts it holds are those of the new version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_changed_units"
down_revision = "0010_obligations"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    closed = sa.Column(
        "closed", sa.Boolean, nullable=False, server_default=sa.false(), comment="销户 (split or merged)"
    )
    closed_at = sa.Column("closed_position", sa.BigInteger, comment="closed at; null: open")
    frozen = sa.Column("frozen", KEY, comment="orders that freeze it (裁定文号；分隔), null: none")
    for column in (closed, closed_at, frozen):
        op.add_column("accounts", column, schema="read")
    op.alter_column("accounts", "closed", server_default=None, schema="read")
    op.execute("update read.checkpoints set version = 2 where model = 'accounts' and version = 1")

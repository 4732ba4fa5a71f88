"""The read model of closed periods: months and years of a book, by their place in the log."""

import sqlalchemy as sa
from alembic import op

revision = "0012_closings"
down_revision = "0013_dues"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("period", KEY, nullable=False, comment="2026-10 or 2026"),
        sa.Column("kind", KEY, nullable=False, comment="month or year"),
        sa.Column("ends", sa.Date, nullable=False, comment="last day of the period"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.PrimaryKeyConstraint("position", name="closings_pkey"),
        schema="read",
    )
    op.create_index("closings_county_fund_ends_ix", "closings", ["county", "fund", "ends"], schema="read")
    op.execute("alter table read.closings owner to fund_app")

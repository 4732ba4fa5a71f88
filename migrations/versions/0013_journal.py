"""The journal: by which posting rule an entry is booked, and the vouchers."""

import sqlalchemy as sa
from alembic import op

revision = "0013_journal"
down_revision = "0012_books"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    # A rebuild, which the new version of the model asks for, gives the rows their entries.
    op.add_column(
        "postings",
        sa.Column(
            "entry",
            KEY,
            nullable=False,
            server_default="",
            comment="by which posting rule it is booked (记账规则)",
        ),
        schema="read",
    )
    op.alter_column("postings", "entry", server_default=None, schema="read")
    op.create_table(
        "vouchers",
        sa.Column("position", sa.BigInteger, nullable=False, comment="of its event"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("period", KEY, nullable=False, comment="month it belongs to: 2026-10"),
        sa.Column("number", sa.Integer, nullable=False, comment="凭证编号: from 1 in book and month"),
        sa.Column(
            "kind", KEY, nullable=False, comment="entry, month-closing (月末结转) or year-closing (年末结转)"
        ),
        sa.Column("date", sa.Date, nullable=False, comment="凭证日期, within the period"),
        sa.Column(
            "closes_month", sa.Boolean, nullable=False, comment="has entries for the closing of the month"
        ),
        sa.Column(
            "closes_year", sa.Boolean, nullable=False, comment="has entries for the closing of the year"
        ),
        sa.Column("stream", KEY, nullable=False, comment="of its event"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the stream"),
        sa.Column("actor", KEY, nullable=False, comment="who recorded it (制单人)"),
        sa.Column("papers", sa.Integer, nullable=False, comment="附件数"),
        sa.PrimaryKeyConstraint("position", "fund", "period", name="vouchers_pkey"),
        schema="read",
    )
    op.create_index(
        "vouchers_county_fund_period_number_ix",
        "vouchers",
        ["county", "fund", "period", "number"],
        unique=True,
        schema="read",
    )
    op.execute("alter table read.vouchers owner to fund_app")

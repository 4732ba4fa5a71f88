"""Read model of lots (存单、国债), and comments of kinds that have become more."""

import sqlalchemy as sa
from alembic import op

revision = "0011_lots"
down_revision = "0010_obligations"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_lot_entries()
    op.execute("alter table read.lot_entries owner to fund_app")
    for table in ("book_entries", "bank_moves"):
        op.alter_column(table, "kind", comment="what moved; docs/tables.md has the kinds", schema="read")


def create_lot_entries() -> None:
    op.create_table(
        "lot_entries",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("lot", KEY, nullable=False, comment="存单或债券编号"),
        sa.Column(
            "lot_kind",
            KEY,
            nullable=False,
            comment="time, notice, agreement, bond, or forbidden",
        ),
        sa.Column("kind", KEY, nullable=False, comment="lot-placed, lot-ended or bond-interest"),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False, comment="fen of cost; negative: came back"),
        sa.Column(
            "interest_fen",
            sa.BigInteger,
            nullable=False,
            comment="fen received with it; a gain of the book",
        ),
        sa.Column("expected_fen", sa.BigInteger, comment="interest to be expected, where known"),
        sa.Column("name", KEY, comment="bank, issue or description"),
        sa.Column("rate_bp", sa.Integer, comment="annual rate, 1/100 %"),
        sa.Column("term_months", sa.Integer, comment="存期"),
        sa.Column("matures_on", sa.Date, comment="到期日"),
        sa.Column("renew", sa.Boolean, comment="自动转存"),
        sa.Column("account", KEY, comment="current account it left or reached"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.Column(
            "reverses_version",
            sa.Integer,
            comment="of a reversal (冲正): version it takes back in its stream",
        ),
        sa.PrimaryKeyConstraint("position", name="lot_entries_pkey"),
        schema="read",
    )
    op.create_index("lot_entries_county_fund_lot_ix", "lot_entries", ["county", "fund", "lot"], schema="read")

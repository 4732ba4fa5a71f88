"""The read models of books: closed periods, designated accounts, reconciliations and publications."""

import sqlalchemy as sa
from alembic import op

revision = "0012_books"
down_revision = "0011_changed_units"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_closings()
    create_designations()
    create_yearly()
    for table in ("closings", "designations", "yearly"):
        op.execute(f"alter table read.{table} owner to fund_app")


def create_closings() -> None:
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


def create_designations() -> None:
    op.create_table(
        "designations",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("account", KEY, nullable=False, comment="账号"),
        sa.Column("value_date", sa.Date, nullable=False, comment="first day; of a closing the last"),
        sa.Column("closed", sa.Boolean, nullable=False, comment="given up (销户)"),
        sa.Column("bank", KEY, comment="开户银行"),
        sa.Column("name", KEY, comment="户名"),
        sa.Column("tender", KEY, comment="paper by which the bank was chosen (招标文件)"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.PrimaryKeyConstraint("position", name="designations_pkey"),
        schema="read",
    )


def create_yearly() -> None:
    op.create_table(
        "yearly",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("kind", KEY, nullable=False, comment="reconciliation (对账) or publication (公布)"),
        sa.Column("year", sa.Integer, nullable=False, comment="of a reconciliation that of its day"),
        sa.Column("value_date", sa.Date, nullable=False, comment="reconciled through; published on"),
        sa.Column("account", KEY, comment="of a reconciliation (账号)"),
        sa.Column("bank_fen", sa.BigInteger, comment="of a reconciliation: the bank's balance"),
        sa.Column(
            "ledger_fen",
            sa.BigInteger,
            comment="the ledger's balance; all accounts of a publication",
        ),
        sa.Column("difference_fen", sa.BigInteger, comment="of a reconciliation: what no item explains"),
        sa.Column(
            "items",
            sa.Integer,
            nullable=False,
            comment="open items (未达账项); accounts of a publication",
        ),
        sa.Column("estate", KEY, comment="of a publication: one estate; null: the whole book"),
        sa.Column("sha256", KEY, comment="of the sheet published, in hex"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.PrimaryKeyConstraint("position", name="yearly_pkey"),
        schema="read",
    )

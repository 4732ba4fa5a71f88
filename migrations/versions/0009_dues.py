"""Read models of what is due: deposits by kind, decisions, sales of public housing, ranges of receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0009_dues"
down_revision = "0008_lots"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_deposits()
    create_due_decisions()
    create_unit_sales()
    create_receipt_ranges()
    for table in ("deposits", "due_decisions", "unit_sales", "receipt_ranges"):
        op.execute(f"alter table read.{table} owner to fund_app")


def create_deposits() -> None:
    op.create_table(
        "deposits",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column(
            "kind", KEY, comment="first, top-up, make-up, moved; null: given back, nobody knows of what"
        ),
        sa.Column("deposited_on", sa.Date, comment="value date of the deposit it is about"),
        sa.Column("value_date", sa.Date, nullable=False, comment="when it counts (入账日期)"),
        sa.Column(
            "amount_fen",
            sa.BigInteger,
            nullable=False,
            comment="principal; negative: given back or reversed",
        ),
        sa.PrimaryKeyConstraint("position", "line", name="deposits_pkey"),
        schema="read",
    )
    op.create_index("deposits_building_unit_ix", "deposits", ["building", "unit"], schema="read")


def create_due_decisions() -> None:
    op.create_table(
        "due_decisions",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("kind", KEY, nullable=False, comment="override (核定), exempt (免交) or lift (取消免交)"),
        sa.Column("decided_on", sa.Date, nullable=False, comment="决定日期"),
        sa.Column("due_fen", sa.BigInteger, comment="of an override; null: the standard counts again"),
        sa.Column("reason", KEY, nullable=False, comment="理由; of an exemption the code of its ground"),
        sa.Column("note", KEY, comment="说明"),
        sa.Column("until", sa.Date, comment="last day of an exemption; null: no end"),
        sa.PrimaryKeyConstraint("position", name="due_decisions_pkey"),
        schema="read",
    )
    op.create_index("due_decisions_building_unit_ix", "due_decisions", ["building", "unit"], schema="read")


def create_unit_sales() -> None:
    op.create_table(
        "unit_sales",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("seller", KEY, comment="售房单位"),
        sa.Column("received_on", sa.Date, nullable=False, comment="收款日期"),
        sa.Column("proceeds_fen", sa.BigInteger, nullable=False, comment="售房款"),
        sa.Column("corrects", sa.Boolean, nullable=False, comment="takes the place of the one before"),
        sa.PrimaryKeyConstraint("position", name="unit_sales_pkey"),
        schema="read",
    )
    op.create_index("unit_sales_building_unit_ix", "unit_sales", ["building", "unit"], schema="read")


def create_receipt_ranges() -> None:
    op.create_table(
        "receipt_ranges",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("code", KEY, nullable=False, comment="票据代码"),
        sa.Column("first", KEY, nullable=False, comment="起始号"),
        sa.Column("last", KEY, nullable=False, comment="终止号"),
        sa.Column("voided", sa.Boolean, nullable=False, comment="作废; else 领用"),
        sa.Column("value_date", sa.Date, nullable=False, comment="领用日期"),
        sa.PrimaryKeyConstraint("position", name="receipt_ranges_pkey"),
        schema="read",
    )
    op.create_index("receipt_ranges_code_ix", "receipt_ranges", ["code"], schema="read")

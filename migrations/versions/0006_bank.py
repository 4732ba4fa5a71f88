"""Read models of bank statements and of what the ledger says must be on them."""

import sqlalchemy as sa
from alembic import op

revision = "0006_bank"
down_revision = "0005_undo"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_bank_lines()
    create_bank_moves()
    for table in ("bank_lines", "bank_moves"):
        op.execute(f"alter table read.{table} owner to fund_app")


def create_bank_lines() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("account", KEY, nullable=False, comment="账号"),
        sa.Column("value_date", sa.Date, nullable=False, comment="交易日期"),
        sa.Column("bank_ref", KEY, comment="银行流水号"),
        sa.Column("amount_fen", sa.BigInteger, nullable=False, comment="fen; negative: money out"),
        sa.Column(
            "balance_fen", sa.BigInteger, comment="fen, after the line, where the bank states it (余额)"
        ),
        sa.Column("summary", KEY, comment="摘要"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the account's stream"),
        sa.Column(
            "reverses_version",
            sa.Integer,
            comment="of a reversal (冲正): version it takes back in its stream",
        ),
        sa.Column("reverses_line", sa.Integer, comment="of a reversal: line it takes back"),
        sa.PrimaryKeyConstraint("position", "line", name="bank_lines_pkey"),
        schema="read",
    )
    op.create_index(
        "bank_lines_account_value_date_ix", "bank_lines", ["account", "value_date"], schema="read"
    )
    op.create_index("bank_lines_bank_ref_ix", "bank_lines", ["bank_ref"], schema="read")


def create_bank_moves() -> None:
    op.create_table(
        "bank_moves",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("stream", KEY, nullable=False, comment="of its event"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the stream"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("kind", KEY, nullable=False, comment="deposit, income, refund, gain or repair"),
        sa.Column("account", KEY, comment="own bank account (收款账号), where the entry names one"),
        sa.Column("bank_ref", KEY, comment="银行流水号"),
        sa.Column("amount_fen", sa.BigInteger, nullable=False, comment="fen; negative: money out"),
        sa.Column(
            "reverses_version",
            sa.Integer,
            comment="of a reversal (冲正): version it takes back in its stream",
        ),
        sa.Column("reverses_line", sa.Integer, comment="of a reversal: line it takes back"),
        sa.PrimaryKeyConstraint("position", "line", name="bank_moves_pkey"),
        schema="read",
    )
    op.create_index(
        "bank_moves_stream_reverses_version_reverses_line_ix",
        "bank_moves",
        ["stream", "reverses_version", "reverses_line"],
        schema="read",
    )
    op.create_index("bank_moves_account_ix", "bank_moves", ["account"], schema="read")

"""The read models behind the registers: steps of repairs, distributions by building, what follows from what.

Deposits get the papers and persons behind them, ranges of receipts their holders, other
expenses their kinds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_lists"
down_revision = "0014_unit_facts"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_repair_steps()
    create_distributions()
    create_causes()
    for table in ("repair_steps", "distributions", "causes"):
        op.execute(f"alter table read.{table} owner to fund_app")
    extend_deposits()
    extend_receipt_ranges()
    say_kinds_of_expenses()


def create_repair_steps() -> None:
    op.create_table(
        "repair_steps",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("project", KEY, nullable=False, comment="项目编号"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the project's stream"),
        sa.Column("step", KEY, nullable=False, comment="docs/tables.md has the steps"),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("papers", sa.Integer, nullable=False, comment="papers (附件) behind it"),
        sa.Column("amount_fen", sa.BigInteger, comment="of the step; negative: taken back"),
        sa.Column("estate", KEY, comment="of a proposal (小区编码)"),
        sa.Column("buildings", KEY, comment="of a proposal and a payment (楼幢编码，；分隔)"),
        sa.Column("object", KEY, comment="of a proposal (维修部位)"),
        sa.Column("object_code", KEY, comment="of a proposal: the part in the list of policy/repairs.toml"),
        sa.Column("content", KEY, comment="of a proposal (维修内容)"),
        sa.Column("emergency", sa.Boolean, comment="of a proposal (应急)"),
        sa.Column("applied_on", sa.Date, comment="of a proposal (申请日期)"),
        sa.Column("total_area_dm2", sa.BigInteger, comment="of a vote (应参与面积)"),
        sa.Column("total_households", sa.BigInteger, comment="of a vote (应参与户数)"),
        sa.Column("agreed_area_dm2", sa.BigInteger, comment="of a vote (同意面积)"),
        sa.Column("agreed_households", sa.BigInteger, comment="of a vote (同意户数)"),
        sa.Column("stage", KEY, comment="of a payment: first (首款), progress (进度款) or final (尾款)"),
        sa.Column("cost_fen", sa.BigInteger, comment="of a payment: the whole of it"),
        sa.Column("developer_fen", sa.BigInteger, comment="of a payment: the share of unsold units"),
        sa.Column("raised_fen", sa.BigInteger, comment="of a payment: what owners raise themselves (自筹)"),
        sa.Column("payee", KEY, comment="of a payment to a firm (收款单位)"),
        sa.Column("payee_account", KEY, comment="of a payment to a firm (收款账号)"),
        sa.Column("payee_ref", KEY, comment="of a payment to a person (party ref)"),
        sa.Column("bank_ref", KEY, comment="银行流水号"),
        sa.Column("invoice_no", KEY, comment="发票号"),
        sa.Column("of_version", sa.Integer, comment="of what came back or is reversed: version it is about"),
        sa.PrimaryKeyConstraint("position", name="repair_steps_pkey"),
        schema="read",
    )
    op.create_index("repair_steps_county_project_ix", "repair_steps", ["county", "project"], schema="read")


def create_distributions() -> None:
    op.create_table(
        "distributions",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the building in its event"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.Column("method", KEY, nullable=False, comment="pool (积数分摊) or rates (定率计息)"),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("boundary", sa.Date, nullable=False, comment="first day of the next span"),
        sa.Column("previous", sa.Date, comment="boundary before; null: none"),
        sa.Column("total_fen", sa.BigInteger, nullable=False, comment="of all buildings"),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("weight", sa.Numeric(38, 0), comment="积数, fen × days, of a pool"),
        sa.Column("share_fen", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("position", "line", name="distributions_pkey"),
        schema="read",
    )
    op.create_index(
        "distributions_county_fund_version_ix",
        "distributions",
        ["county", "fund", "version"],
        schema="read",
    )


def create_causes() -> None:
    op.create_table(
        "causes",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("event", KEY, nullable=False, comment="its id, 流@版本"),
        sa.Column("kind", KEY, nullable=False, comment="withdrawal, return, interest or reversal"),
        sa.Column("cause", KEY, nullable=False, comment="id of the event it follows from"),
        sa.PrimaryKeyConstraint("position", name="causes_pkey"),
        schema="read",
    )
    op.create_index("causes_event_ix", "causes", ["event"], schema="read")
    op.create_index("causes_cause_ix", "causes", ["cause"], schema="read")


def extend_deposits() -> None:
    for name, comment in (
        ("receipt_no", "票据号; of a reversal that of what it takes back"),
        ("bank_ref", "银行流水号; as above"),
        ("account", "of a deposit (收款账号); as above"),
        ("party_ref", "payer, or payee of what went back (party ref); as above"),
        ("reason", "of what went back (退款原因); as above"),
    ):
        op.add_column("deposits", sa.Column(name, KEY, comment=comment), schema="read")
    read_again("deposits")


def extend_receipt_ranges() -> None:
    holder = sa.Column("holder", KEY, comment="office or firm that took it (领用单位)")
    op.add_column("receipt_ranges", holder, schema="read")
    person = sa.Column("holder_ref", KEY, comment="person who took it (party ref)")
    op.add_column("receipt_ranges", person, schema="read")
    read_again("receipt_ranges")


def say_kinds_of_expenses() -> None:
    comment = "of a gain: demand, time or bond (活期、定期、国债); of an expense its kind"
    op.alter_column("book_entries", "category", comment=comment, schema="read")
    read_again("book_entries")


def read_again(table: str) -> None:
    """What was kept does not say what the new columns want: the follower begins at the start of the log."""
    op.execute(f"truncate read.{table}")
    kept = sa.table("checkpoints", sa.column("model"), schema="read")
    op.execute(kept.delete().where(kept.c.model == table))

"""The read models. They belong to the group of the application, which rebuilds them beside and swaps."""

import sqlalchemy as sa
from alembic import op

revision = "0002_read"
down_revision = "0001_log"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    create_buildings()
    create_accounts()
    create_postings()
    create_book_entries()
    create_checkpoints()
    for table in ("buildings", "accounts", "postings", "book_entries", "checkpoints"):
        op.execute(f"alter table read.{table} owner to fund_app")


def create_buildings() -> None:
    op.create_table(
        "buildings",
        sa.Column("building", KEY, comment="building code (楼幢编码)"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("estate", KEY, nullable=False, comment="小区编码"),
        sa.Column("estate_name", KEY, nullable=False, comment="小区名称"),
        sa.Column("name", KEY, nullable=False, comment="幢号"),
        sa.Column("management", KEY, nullable=False, comment="管理方式"),
        sa.Column("lift", sa.Boolean, nullable=False),
        sa.Column("storeys", sa.Integer, nullable=False),
        sa.Column("completed_on", sa.Date),
        sa.Column("warranty_until", sa.Date),
        sa.Column("position", sa.BigInteger, nullable=False, comment="opened at"),
        sa.PrimaryKeyConstraint("building", name="buildings_pkey"),
        schema="read",
    )


def create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("estate", KEY, nullable=False, comment="小区编码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("usage", KEY, nullable=False, comment="residential (住宅) or nonresidential (非住宅)"),
        sa.Column("area_dm2", sa.BigInteger, nullable=False, comment="floor area (建筑面积), 0.01 m²"),
        sa.Column("owner_ref", KEY, comment="party register"),
        sa.Column("seller", KEY, comment="售房单位"),
        sa.Column("realty_no", KEY, comment="不动产单元号"),
        sa.Column("principal_fen", sa.BigInteger, nullable=False),
        sa.Column("interest_fen", sa.BigInteger, nullable=False),
        sa.Column("first_deposit_fen", sa.BigInteger, nullable=False, comment="首期 less reversals"),
        sa.Column("position", sa.BigInteger, nullable=False, comment="opened at"),
        sa.PrimaryKeyConstraint("building", "unit", "part", name="accounts_pkey"),
        schema="read",
    )


def create_postings() -> None:
    op.create_table(
        "postings",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("value_date", sa.Date, nullable=False, comment="when it counts (入账日期)"),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("principal_fen", sa.BigInteger, nullable=False, comment="fen; negative: money out"),
        sa.Column("interest_fen", sa.BigInteger, nullable=False, comment="fen; negative: money out"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the building's stream"),
        sa.Column("reversal", sa.Boolean, nullable=False, comment="冲正"),
        sa.PrimaryKeyConstraint("position", "line", name="postings_pkey"),
        schema="read",
    )
    op.create_index(
        "postings_building_unit_value_date_ix",
        "postings",
        ["building", "unit", "value_date"],
        schema="read",
    )


def create_book_entries() -> None:
    op.create_table(
        "book_entries",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("value_date", sa.Date, nullable=False, comment="when it counts (到账日期)"),
        sa.Column("kind", KEY, nullable=False, comment="gain, other-income or other-expense"),
        sa.Column("category", KEY, comment="of a gain: demand (活期), time (定期) or bond (国债)"),
        sa.Column("account", KEY, comment="receiving account (账号)"),
        sa.Column("amount_fen", sa.BigInteger, nullable=False, comment="fen; opposite in a reversal"),
        sa.Column("bank_ref", KEY, comment="银行流水号"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the book's stream"),
        sa.Column("reversal", sa.Boolean, nullable=False, comment="冲正"),
        sa.PrimaryKeyConstraint("position", "line", name="book_entries_pkey"),
        schema="read",
    )


def create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("model", KEY, comment="name of the read model"),
        sa.Column("version", sa.Integer, nullable=False, comment="version of its fold and tables"),
        sa.Column("position", sa.BigInteger, nullable=False, comment="all up to here is in its tables"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model", name="checkpoints_pkey"),
        schema="read",
    )

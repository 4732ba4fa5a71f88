"""The read model of units over time: registered, corrected, owners, closed, frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0014_unit_facts"
down_revision = "0013_journal"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "unit_facts",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column(
            "kind",
            KEY,
            nullable=False,
            comment="registered, opened, corrected, closed, owner, frozen, released",
        ),
        sa.Column("value_date", sa.Date, nullable=False, comment="from when it counts"),
        sa.Column("fund", KEY, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("usage", KEY, comment="residential (住宅) or nonresidential (非住宅)"),
        sa.Column("area_dm2", sa.BigInteger, comment="floor area (建筑面积), 0.01 m²"),
        sa.Column("owner_ref", KEY, comment="party register"),
        sa.Column("realty_no", KEY, comment="不动产单元号"),
        sa.Column("order_no", KEY, comment="裁定文号"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the building's stream"),
        sa.PrimaryKeyConstraint("position", "unit", name="unit_facts_pkey"),
        schema="read",
    )
    op.create_index("unit_facts_building_unit_ix", "unit_facts", ["building", "unit"], schema="read")
    op.execute("alter table read.unit_facts owner to fund_app")

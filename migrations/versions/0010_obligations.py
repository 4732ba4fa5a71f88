"""The read model of what is owed for destroyed buildings, account 2001."""

import sqlalchemy as sa
from alembic import op

revision = "0010_obligations"
down_revision = "0009_dues"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "obligations",
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="index of the line in its event"),
        sa.Column("building", KEY, nullable=False, comment="楼幢编码"),
        sa.Column("unit", KEY, nullable=False, comment="户号"),
        sa.Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
        sa.Column("county", KEY, nullable=False, comment="区县代码"),
        sa.Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("kind", KEY, nullable=False, comment="arisen (应付发生) or paid (返还)"),
        sa.Column(
            "payee", KEY, comment="owner (业主), seller (售房单位) or treasury (国库); null: a reversal"
        ),
        sa.Column("payee_ref", KEY, comment="party register"),
        sa.Column("payee_name", KEY, comment="售房单位"),
        sa.Column("amount_fen", sa.BigInteger, nullable=False, comment="fen; negative: what is owed shrinks"),
        sa.Column("version", sa.Integer, nullable=False, comment="of its event in the building's stream"),
        sa.Column(
            "owed_version", sa.Integer, nullable=False, comment="of the destruction that it is owed for"
        ),
        sa.Column("owed_line", sa.Integer, nullable=False, comment="line of that destruction"),
        sa.Column(
            "reverses_version",
            sa.Integer,
            comment="of a reversal (冲正): version it takes back in its stream",
        ),
        sa.Column("reverses_line", sa.Integer, comment="of a reversal: line it takes back"),
        sa.PrimaryKeyConstraint("position", "line", name="obligations_pkey"),
        schema="read",
    )
    op.create_index(
        "obligations_building_owed_version_owed_line_ix",
        "obligations",
        ["building", "owed_version", "owed_line"],
        schema="read",
    )
    op.execute("alter table read.obligations owner to fund_app")

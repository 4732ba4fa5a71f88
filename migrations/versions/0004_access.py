"""Bearer tokens of the HTTP service, hashed; the application issues and revokes them, and deletes none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_access"
down_revision = "0003_seal"
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("token_hash", sa.LargeBinary, comment="SHA-256 of the token"),
        sa.Column(
            "name", sa.Text, nullable=False, comment="the post that holds it; becomes the actor of events"
        ),
        sa.Column("role", KEY, nullable=False),
        sa.Column(
            "counties",
            postgresql.ARRAY(KEY),
            comment="counties it is bound to; null: the whole prefecture",
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "role in ('officer', 'reviewer', 'auditor', 'finance', 'admin')", name="tokens_role_check"
        ),
        sa.CheckConstraint("expires_at > issued_at", name="tokens_expiry_check"),
        sa.PrimaryKeyConstraint("token_hash", name="tokens_pkey"),
        schema="access",
    )

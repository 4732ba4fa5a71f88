"""Bearer tokens (访问令牌): who may ask, as what, for which counties, until when.

Only the SHA-256 of a token is stored. A token has 256 random bits, so a plain hash is enough and a lookup by
hash tells a guesser nothing.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    LargeBinary,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from api.roles import Bearer, Role
from ledger.store.tables import KEY, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of the token"),
    Column("name", Text, nullable=False, comment="the post that holds it; becomes the actor of events"),
    Column("role", KEY, nullable=False),
    Column("counties", ARRAY(KEY), comment="counties it is bound to; null: the whole prefecture"),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("role in ('officer', 'reviewer', 'auditor', 'finance', 'admin')", name="role"),
    CheckConstraint("expires_at > issued_at", name="expiry"),
    schema="access",
)


def issue(
    connection: Connection,
    name: str,
    role: Role,
    counties: Sequence[str],
    *,
    issued_at: datetime,
    expires_at: datetime,
) -> str:
    """Make a token and store its hash; the token itself is returned once and kept nowhere."""
    token = f"fund_{secrets.token_urlsafe(32)}"
    connection.execute(
        insert(tokens).values(
            token_hash=_hash(token),
            name=name,
            role=role,
            counties=sorted(set(counties)) or None,
            issued_at=issued_at,
            expires_at=expires_at,
        )
    )
    return token


def revoke(connection: Connection, name: str, at: datetime) -> int:
    """Revoke every token of that name still in force; returns how many."""
    live = update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
    return connection.execute(live.values(revoked_at=at)).rowcount


def bearer(connection: Connection, token: str, at: datetime) -> Bearer | None:
    """Who holds the token, or None when it is unknown, expired or revoked."""
    row = connection.execute(
        select(tokens.c.name, tokens.c.role, tokens.c.counties).where(
            tokens.c.token_hash == _hash(token),
            tokens.c.expires_at > at,
            tokens.c.revoked_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    return Bearer(row.name, row.role, None if row.counties is None else frozenset(row.counties))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

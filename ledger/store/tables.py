"""The tables of the log, as SQLAlchemy metadata; Alembic migrations create them.

Read models and the seal add their tables to the same ``metadata`` in schemas of their own. Text keys are
``COLLATE "C"`` so that order is by code point, as the sharing rule's ties demand.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

KEY = Text(collation="C")
"""The type of every key column."""

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, comment="(transaction id + epoch) << 20 | ordinal; commit order"),
    Column(
        "stream", KEY, nullable=False, comment="building/…, book/…, repair/…, receipts/…, import/…, refusal/…"
    ),
    Column("version", Integer, nullable=False, comment="1, 2, 3 … without gaps in its stream"),
    Column("topic", KEY, nullable=False, comment="what happened, e.g. deposit-collected"),
    Column("schema", SmallInteger, nullable=False, comment="version of the topic's shape"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="when recorded, UTC"),
    Column("data", Text, nullable=False, comment="the event as JSON, exactly as hashed by the seal"),
    PrimaryKeyConstraint("position"),
    UniqueConstraint("stream", "version"),
    Index(None, "recorded_at", postgresql_using="brin"),
    schema="log",
)

requests = Table(
    "requests",
    metadata,
    Column("key", KEY, primary_key=True, comment="idempotency key (幂等键)"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the request"),
    Column("position", BigInteger, nullable=False),
    Column("events", Text, nullable=False, comment="ids of the events it added, as a JSON array"),
    schema="log",
)

claims = Table(
    "claims",
    metadata,
    Column("kind", KEY),
    Column("name", KEY),
    Column("turn", SmallInteger, comment="how many undone imports had claimed it before"),
    Column("import_id", KEY, comment="the import that claimed it; null: none"),
    PrimaryKeyConstraint("kind", "name", "turn"),
    comment="names that live commands may use once, such as receipt numbers",
    schema="log",
)

rows = Table(
    "rows",
    metadata,
    Column("digest", LargeBinary, comment="keyed hash of a register row"),
    Column("turn", SmallInteger, comment="how many undone imports had taken it before"),
    Column("import_id", KEY, nullable=False),
    PrimaryKeyConstraint("digest", "turn"),
    schema="log",
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", KEY, primary_key=True),
    Column("position", BigInteger, nullable=False, comment="its last event; 0 when its rows added none"),
    comment="where an import stands in the log: all its events have one transaction",
    schema="log",
)

cell = Table(
    "cell",
    metadata,
    Column("id", Uuid, primary_key=True, comment="identity of this ledger"),
    Column("epoch", BigInteger, nullable=False, comment="added to transaction ids; raised at restore"),
    comment="one row: who this ledger is",
    schema="log",
)

parties = Table(
    "parties",
    metadata,
    Column("ref", KEY, primary_key=True, comment="random; the only name of a person in events"),
    Column("identity", LargeBinary, nullable=False, unique=True, comment="keyed hash of who it is"),
    Column("name_hash", LargeBinary, nullable=False, comment="keyed hash of the name alone"),
    Column("sealed", LargeBinary, nullable=False, comment="AES-GCM: name, ID number, phone"),
    schema="register",
)

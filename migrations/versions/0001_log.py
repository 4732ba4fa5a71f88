"""The log, the party register, the schemas of the other rooms, and who may do what.

``fund_app`` is the group that holds the application's privileges. It may add to the log and read it, nothing
else; UPDATE, DELETE and TRUNCATE on the log also fail by trigger, for the owner too.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001_log"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text(collation="C")
LOG_TABLES = ("events", "requests", "claims", "rows", "cell")


def upgrade() -> None:
    create_group()
    for schema in ("log", "register", "read", "seal", "access"):
        op.execute(f"create schema {schema}")
        op.execute(f"grant usage on schema {schema} to fund_app")
    create_log()
    create_parties()
    protect_log()
    grant()


def create_group() -> None:
    """Make the group, which other databases of the same server share."""
    op.execute("""
        do $$
        begin
            if not exists (select from pg_roles where rolname = 'fund_app') then
                create role fund_app nologin;
            end if;
        exception
            when duplicate_object then null;
            when insufficient_privilege then
                raise exception '需要由管理员先执行 create role fund_app（当前账号无权创建角色）'
                    using errcode = 'insufficient_privilege';
        end $$
    """)
    op.execute("""
        do $$
        begin
            if not pg_has_role(current_user, 'fund_app', 'member') then
                execute format('grant fund_app to %I', current_user);
            end if;
        exception when insufficient_privilege then
            raise exception '需要由管理员先执行 grant fund_app to %', current_user
                using errcode = 'insufficient_privilege';
        end $$
    """)


def create_log() -> None:
    op.create_table(
        "events",
        sa.Column(
            "position", sa.BigInteger, comment="(transaction id + epoch) << 20 | ordinal; commit order"
        ),
        sa.Column("stream", KEY, nullable=False, comment="building/…, book/…, repair/…, refusal/…"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 … without gaps in its stream"),
        sa.Column("topic", KEY, nullable=False, comment="what happened, e.g. deposit-collected"),
        sa.Column("schema", sa.SmallInteger, nullable=False, comment="version of the topic's shape"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="when recorded, UTC"),
        sa.Column(
            "data", sa.Text, nullable=False, comment="the event as JSON, exactly as hashed by the seal"
        ),
        sa.PrimaryKeyConstraint("position", name="events_pkey"),
        sa.UniqueConstraint("stream", "version", name="events_stream_version_key"),
        schema="log",
    )
    op.create_index("events_recorded_at_ix", "events", ["recorded_at"], schema="log", postgresql_using="brin")
    op.create_table(
        "requests",
        sa.Column("key", KEY, comment="idempotency key (幂等键)"),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the request"),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("events", sa.Text, nullable=False, comment="ids of the events it added, as a JSON array"),
        sa.PrimaryKeyConstraint("key", name="requests_pkey"),
        schema="log",
    )
    op.create_table(
        "claims",
        sa.Column("kind", KEY),
        sa.Column("name", KEY),
        sa.PrimaryKeyConstraint("kind", "name", name="claims_pkey"),
        comment="names that live commands may use once, such as receipt numbers",
        schema="log",
    )
    op.create_table(
        "rows",
        sa.Column("digest", sa.LargeBinary, comment="keyed hash of a register row"),
        sa.Column("import_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="rows_pkey"),
        schema="log",
    )
    cell = op.create_table(
        "cell",
        sa.Column("id", sa.Uuid, comment="identity of this ledger"),
        sa.Column(
            "epoch", sa.BigInteger, nullable=False, comment="added to transaction ids; raised at restore"
        ),
        sa.PrimaryKeyConstraint("id", name="cell_pkey"),
        comment="one row: who this ledger is",
        schema="log",
    )
    op.execute(sa.insert(cell).values(id=uuid.uuid4(), epoch=0))


def create_parties() -> None:
    op.create_table(
        "parties",
        sa.Column("ref", KEY, comment="random; the only name of a person in events"),
        sa.Column("identity", sa.LargeBinary, nullable=False, comment="keyed hash of who it is"),
        sa.Column("name_hash", sa.LargeBinary, nullable=False, comment="keyed hash of the name alone"),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="AES-GCM: name, ID number, phone"),
        sa.PrimaryKeyConstraint("ref", name="parties_pkey"),
        sa.UniqueConstraint("identity", name="parties_identity_key"),
        schema="register",
    )


def protect_log() -> None:
    op.execute("""
        create function log.refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '账本只能追加，不得修改或删除 (the log is append only: % on log.% refused)',
                tg_op, tg_table_name using errcode = 'insufficient_privilege';
        end $$
    """)
    for table in LOG_TABLES:
        op.execute(f"""
            create trigger append_only before update or delete or truncate on log.{table}
            for each statement execute function log.refuse_change()
        """)


def grant() -> None:
    op.execute("grant select on public.alembic_version to fund_app")
    op.execute("grant select, insert on all tables in schema log to fund_app")
    op.execute("revoke insert on log.cell from fund_app")
    op.execute("grant select, insert, update, delete on all tables in schema register to fund_app")
    # A rebuild makes shadow tables beside the read models and swaps them in, so these belong to the group.
    op.execute("grant create on schema read to fund_app")
    # Tables that later revisions add to a schema follow its rule without saying it again.
    op.execute("alter default privileges in schema log grant select, insert on tables to fund_app")
    op.execute("alter default privileges in schema seal grant select, insert on tables to fund_app")
    op.execute("alter default privileges in schema access grant select, insert, update on tables to fund_app")
    op.execute(
        "alter default privileges in schema register"
        " grant select, insert, update, delete on tables to fund_app"
    )

"""The migrations make exactly the tables that the rooms declare."""

import importlib
import pkgutil
from datetime import UTC, datetime

import psycopg2
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ledger.store import schema
from ledger.store.codec import StoredFact
from ledger.store.engine import normalised
from ledger.store.feed import Feed
from ledger.store.recorder import FundRecorder
from ledger.store.tables import metadata

SCHEMAS = {"log", "register", "read", "seal", "access"}


def every_table_of_every_room() -> None:
    """Rooms declare their tables where they use them, on the one ``metadata``."""
    for room in ("projections", "audit", "api"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)


def test_the_tables_are_those_declared(database):
    every_table_of_every_room()
    admin = create_engine(normalised(database.admin_url))
    with admin.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name in SCHEMAS,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        differences = compare_metadata(context, metadata)
    admin.dispose()
    assert differences == []


def test_the_head_is_the_last_of_one_line_and_named_as_its_file():
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.head()]
    files = sorted(path.stem for path in (schema.migrations() / "versions").glob("[0-9]*.py"))
    assert [revision.revision for revision in script.walk_revisions()] == files[::-1]


def test_upgrading_twice_changes_nothing(database):
    assert schema.upgrade(database.admin_url) == schema.head()
    with database.engine.connect() as connection:
        assert schema.current(connection) == schema.head()


@pytest.fixture
def old(database):
    """A database whose last migration is the fourth."""
    admin = psycopg2.connect(database.admin_url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("drop database if exists old with (force)")
        cursor.execute("create database old")
    made = create_engine(make_url(normalised(database.admin_url)).set(database="old"))
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004_access")
    yield made
    made.dispose()
    with admin.cursor() as cursor:
        cursor.execute("drop database old with (force)")
    admin.close()


@pytest.mark.slow
def test_what_was_imported_before_there_was_undoing_can_be_undone(old):
    with old.begin() as connection:
        connection.execute(
            text("""
                insert into log.events (position, stream, version, topic, schema, recorded_at, data) values
                    (11 << 20 | 1, 'building/B1', 1, 't', 1, now(), '{"actor":"a","import_id":"imp-1"}'),
                    (11 << 20 | 2, 'building/B1', 2, 't', 1, now(), '{"actor":"a","import_id":"imp-1"}'),
                    (12 << 20 | 1, 'building/B1', 3, 't', 1, now(), '{"actor":"\\u0000"}'),
                    (13 << 20 | 1, 'building/B1', 4, 't', 1, now(), '{"actor":"a","import_id":"imp-2"}')
            """)
        )
        connection.execute(
            text("insert into log.rows values ('\\x01', 'imp-1'), ('\\x02', 'imp-2'), ('\\x03', 'imp-3')")
        )
        connection.execute(text("insert into log.claims values ('receipt/532301', '1')"))

    schema.upgrade(old.url.render_as_string(hide_password=False))

    with old.connect() as connection:
        assert connection.execute(text("select * from log.imports order by 1")).all() == [
            ("imp-1", 11 << 20 | 2),
            ("imp-2", 13 << 20 | 1),
            ("imp-3", 0),
        ]
        assert connection.execute(text("select distinct turn from log.rows")).scalars().all() == [0]
        assert connection.execute(text("select turn, import_id from log.claims")).all() == [(0, None)]


def test_there_is_one_cell_with_an_identity(database):
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select count(*), count(distinct id), min(epoch) from log.cell")
        assert cursor.fetchone() == (1, 1, 0)
    connection.close()


@pytest.mark.parametrize(
    ("schema_name", "privileges"),
    [
        ("log", {"SELECT", "INSERT"}),
        ("seal", {"SELECT", "INSERT"}),
        ("register", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
    ],
)
def test_the_application_holds_no_more_than_it_needs(database, schema_name, privileges):
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            """
            select table_name, array_agg(privilege_type::text) from information_schema.role_table_grants
            where table_schema = %s and grantee in ('fund', 'fund_app', 'PUBLIC') group by 1
            """,
            [schema_name],
        )
        found = {table: set(granted) for table, granted in cursor.fetchall()}
    connection.close()
    declared = {table.name for table in metadata.tables.values() if table.schema == schema_name}
    assert declared <= set(found)
    for table, granted in found.items():
        assert granted == ({"SELECT"} if table in ("cell", "undone") else privileges)


def test_read_tables_belong_to_the_group(database):
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select tablename, tableowner from pg_tables where schemaname = 'read'")
        found = dict(cursor.fetchall())
    connection.close()
    assert found.pop("checkpoints") == "postgres"  # nobody drops what says how far the others have read
    assert set(found.values()) == {"fund_app"}


def test_a_ledger_restored_where_transactions_are_young_goes_on_after_its_last_position(database):
    """A dump brings positions of another server's transactions; the epoch lifts the new ones above them."""
    newest = (1 << 40) << 20
    owner = psycopg2.connect(database.admin_url)
    with owner, owner.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("insert into log.events values (%s, 'refusal/x', 1, 't', 1, now(), '{}')", [newest])
    with database.engine.connect() as connection:
        assert not schema.ready(connection)
    assert Feed(database.engine).horizon() == 0

    schema.upgrade(database.admin_url)

    with database.engine.connect() as connection:
        assert schema.ready(connection)
    assert Feed(database.engine).horizon() == newest
    fact = StoredFact("refusal/y", 1, "t", b"{}", 1, datetime(2026, 1, 1, tzinfo=UTC))
    [position] = FundRecorder(database.engine).insert_events([fact])
    assert position > newest
    assert Feed(database.engine).horizon() == position
    with owner, owner.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("update log.cell set epoch = 0")
    owner.close()

"""The log is append only: for the application by privilege, for its owner by trigger."""

import psycopg2
import pytest
from psycopg2 import errors

from ledger.store.tables import metadata

LOG_TABLES = sorted(table.name for table in metadata.tables.values() if table.schema == "log")
CHANGES = {
    "update": "update log.{0} set {1} = {1}",
    "delete": "delete from log.{0}",
    "truncate": "truncate log.{0}",
}


def execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", LOG_TABLES)
def test_even_the_owner_cannot_change_the_log(database, table, change):
    column = next(iter(metadata.tables[f"log.{table}"].columns)).name
    with pytest.raises(errors.InsufficientPrivilege, match="账本只能追加"):
        execute(database.admin_url, CHANGES[change].format(table, column))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", LOG_TABLES)
def test_the_application_has_no_privilege_to_change_the_log(database, table, change):
    column = next(iter(metadata.tables[f"log.{table}"].columns)).name
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        execute(database.url, CHANGES[change].format(table, column))


def test_the_application_cannot_make_a_second_cell(database):
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        execute(database.url, "insert into log.cell select gen_random_uuid(), 5")


@pytest.mark.parametrize("position", ["-5", "0", "5", "1::bigint << 60", "((1::bigint << 43) - 1) << 20"])
def test_no_event_stands_where_its_transaction_does_not_put_it(database, position):
    insert = f"insert into log.events values ({position}, 'refusal/x', 1, 't', 1, now(), '{{}}')"
    disguise = (
        "create function read.pg_current_xact_id() returns xid8 language sql as"
        f" $$ select ((({position})::bigint >> 20))::text::xid8 $$; set search_path = read, pg_catalog;"
    )
    for attack in (insert, disguise + insert):
        with pytest.raises(errors.InsufficientPrivilege, match="事件的位置"):
            execute(database.url, attack)


def test_an_event_of_a_transaction_stands_at_its_place(database):
    place = "(pg_current_xact_id()::text::bigint << 20) + 1"
    execute(database.url, f"insert into log.events values ({place}, 'refusal/x', 1, 't', 1, now(), '{{}}')")


@pytest.mark.parametrize("attack", ["drop table read.checkpoints", "delete from read.checkpoints"])
def test_the_application_cannot_make_checkpoints_vanish(database, attack):
    with pytest.raises(errors.InsufficientPrivilege):
        execute(database.url, attack)

"""A PostgreSQL of the measurements' own, and fresh migrated databases in it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from ledger.store import schema
from ledger.store.engine import engine
from ledger.store.server import Database, open_database

HOME = Path("var/bench")
_COUNT = itertools.count(1)


@contextmanager
def server() -> Iterator[Database]:
    """The embedded server under ``var/bench``, stopped at the end."""
    with open_database(HOME) as found:
        yield found


@contextmanager
def fresh(found: Database, template: str = "template1") -> Iterator[Engine]:
    """An engine of the application's role on a new database, dropped at the end."""
    name = f"bench_{next(_COUNT)}"
    _execute(found, "drop database if exists {} with (force)", name)
    _execute(found, "create database {} template {}", name, template)
    schema.upgrade(_at(found.admin_url, name).render_as_string(hide_password=False))
    made = engine(_at(found.url, name).render_as_string(hide_password=False))
    try:
        yield made
    finally:
        made.dispose()
        _execute(found, "drop database {} with (force)", name)


def _at(url: str, name: str) -> URL:
    return make_url(url).set(database=name)


def _execute(found: Database, statement: str, *names: str) -> None:
    connection = psycopg2.connect(_at(found.admin_url, "postgres").render_as_string(hide_password=False))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    finally:
        connection.close()

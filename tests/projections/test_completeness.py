"""Nothing is forgotten: every read table has a model and a migration, every event with money is read."""

import re
import sys
from pathlib import Path

import msgspec
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Column, MetaData, Table, inspect, text

from audit.compare import PASSES
from ledger.events import (
    TOPICS,
    BankGainsReceived,
    EntryReversed,
    Event,
    GainsDistributed,
    GainsReversed,
    ObligationPaid,
    ObligationPaymentReversed,
    RatesAccrued,
    StatementRecorded,
    StatementReversed,
)
from ledger.store.tables import metadata
from projections.appended import Appended
from projections.checkpoints import READ_MODELS, checkpoints
from projections.entries import LINES
from projections.models import TABLES, read_models, shadow_models
from projections.rebuild import rebuild
from projections.shadow import as_owner

ON_BOOKS = {BankGainsReceived, GainsReversed}
"""Read by ``book_entries``."""

AT_BANKS = {StatementRecorded, StatementReversed}
"""Read by ``bank_lines``: what the bank says, and no account of the ledger."""

OWED = {ObligationPaid, ObligationPaymentReversed}
"""Read by ``obligations``: accounts were emptied when the obligation arose."""

NO_MONEY_MOVES = {GainsDistributed, RatesAccrued}
"""Their lines hold figures in fen, and the money moves by other events."""


all_models = read_models
DOCUMENTED = Path(__file__).parents[2] / "docs" / "tables.md"


def columns_documented(name):
    """The words in code type in the row of a table in ``docs/tables.md``."""
    lines = DOCUMENTED.read_text(encoding="utf-8").splitlines()
    return {
        word
        for line in lines
        if line.startswith(f"| `read.{name}` |")
        for word in re.findall(r"`(\w+)`", line)
    }


def owned(models):
    return [table.name.removesuffix("__new") for model in models for table in model.tables]


def forgotten(database):
    """Where each table of the schema is missing, or is there and not in the schema."""
    inspected = inspect(database.engine)
    stored = set(inspected.get_table_names(schema="read")) - {checkpoints.name}
    live, shadows = read_models(database.engine), shadow_models(database.engine).models
    places = {
        "a model that folds it": owned(live),
        "a model that builds it from nothing": owned(shadows),
        "the tables that a rebuild swaps": [table.name for table in TABLES],
        "a checkpoint of its model": READ_MODELS,
        "a compare pass of the audit": PASSES,
        "docs/tables.md": [
            name
            for name in stored
            if {column["name"] for column in inspected.get_columns(name, "read")} <= columns_documented(name)
        ],
    }
    return {place: stored ^ set(names) for place, names in places.items() if sorted(names) != sorted(stored)}


def test_every_table_of_the_schema_has_a_model_a_rebuild_a_compare_pass_and_a_description(database):
    assert forgotten(database) == {}


def test_a_table_that_was_added_without_them_is_named(database):
    with as_owner(database.engine) as connection:
        connection.execute(text("create table read.extra (id int)"))
    found = forgotten(database)
    assert len(found) == 6
    assert set(map(frozenset, found.values())) == {frozenset({"extra"})}


class Extra(Appended):
    """A model that somebody adds to the follower, and forgets everywhere else."""

    name = "extra"
    version = 1

    def fold(self, batch):
        return [(row.position,) for row in batch.rows]


def test_a_model_that_was_added_without_a_rebuild_and_a_compare_pass_is_named(database, monkeypatch):
    made = Table("extra", MetaData(), Column("position", BigInteger, primary_key=True), schema="read")
    with as_owner(database.engine) as connection:
        made.create(connection)
    monkeypatch.setattr(
        sys.modules[__name__], "read_models", lambda engine: (*all_models(engine), Extra(made))
    )

    assert forgotten(database).keys() == {
        "a model that builds it from nothing",
        "the tables that a rebuild swaps",
        "a checkpoint of its model",
        "a compare pass of the audit",
        "docs/tables.md",
    }


def test_every_model_can_be_built_from_nothing(database):
    live = {model.name: (model.version, owned([model])) for model in read_models(database.engine)}
    shadows = {model.name: (model.version, owned([model])) for model in shadow_models(database.engine).models}
    assert shadows == live


def differences(database):
    """What a migration would change in schema read."""

    def ours(item, _name, kind, _reflected, _other):
        return kind != "table" or item.schema == "read"

    with database.engine.connect() as connection:
        options = {"include_schemas": True, "include_object": ours, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_the_migration_makes_the_tables_as_they_are_declared(database):
    assert differences(database) == []
    rebuild(database.engine)
    assert differences(database) == []


def lines_of(kind: type[Event]) -> set[str]:
    """Names of the fields of an event's lines."""
    types = {field.name: field.type for field in msgspec.inspect.type_info(kind).fields}
    lines = types.get("lines") or types.get("shares")
    return {field.name for field in lines.item_type.fields} if lines else set()


def test_every_event_with_money_on_its_lines_is_read():
    moving = {kind for kind in TOPICS.values() if any(name.endswith("_fen") for name in lines_of(kind))}
    assert moving == LINES.keys() | {EntryReversed} | ON_BOOKS | AT_BANKS | OWED | NO_MONEY_MOVES

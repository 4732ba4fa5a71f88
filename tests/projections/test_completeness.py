"""Nothing is forgotten: every read table has a model and a migration, every event with money is read."""

import msgspec
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

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
from projections.checkpoints import READ_MODELS, checkpoints
from projections.entries import LINES
from projections.models import TABLES, read_models, shadow_models
from projections.rebuild import rebuild

ON_BOOKS = {BankGainsReceived, GainsReversed}
"""Read by ``book_entries``."""

AT_BANKS = {StatementRecorded, StatementReversed}
"""Read by ``bank_lines``: what the bank says, and no account of the ledger."""

OWED = {ObligationPaid, ObligationPaymentReversed}
"""Read by ``obligations``: accounts were emptied when the obligation arose."""

NO_MONEY_MOVES = {GainsDistributed, RatesAccrued}
"""Their lines hold figures in fen, and the money moves by other events."""


def test_every_table_of_the_schema_belongs_to_one_model(database):
    stored = set(inspect(database.engine).get_table_names(schema="read"))
    models = read_models(database.engine)
    owned = [table.name for model in models for table in model.tables]

    assert sorted(owned) == sorted(stored - {checkpoints.name})
    assert sorted(model.name for model in models) == sorted(READ_MODELS)
    assert sorted(owned) == sorted(table.name for table in TABLES)


def test_every_model_can_be_built_from_nothing(database):
    live = {model.name: (model.version, model.tables[0].name) for model in read_models(database.engine)}
    shadows = {
        model.name: (model.version, model.tables[0].name.removesuffix("__new"))
        for model in shadow_models(database.engine).models
    }
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

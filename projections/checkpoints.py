"""Checkpoints (检查点): how far each read model has read, moved by compare-and-set only."""

from collections.abc import Collection

from sqlalchemy import BigInteger, Column, Connection, DateTime, Integer, Table, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from ledger.store.tables import KEY, metadata

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("model", KEY, primary_key=True, comment="name of the read model"),
    Column("version", Integer, nullable=False, comment="version of its fold and tables"),
    Column("position", BigInteger, nullable=False, comment="all up to here is in its tables"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    schema="read",
)


READ_MODELS = (
    "accounts",
    "bank_lines",
    "bank_moves",
    "book_entries",
    "buildings",
    "closings",
    "deposits",
    "due_decisions",
    "obligations",
    "designations",
    "postings",
    "receipt_ranges",
    "unit_facts",
    "unit_sales",
    "lot_entries",
    "yearly",
    "repair_steps",
    "distributions",
    "causes",
    "vouchers",
)
"""The models that queries read; each has one checkpoint."""


class CheckpointMoved(Exception):  # noqa: N818 - names what happened
    """Another follower or a rebuild moved the checkpoint first; read it again and go on from there."""


class OutdatedModel(Exception):  # noqa: N818 - names the condition
    """The tables were written by another version of the model; a rebuild heals them."""

    def __init__(self, model: str, stored: int, wanted: int) -> None:
        super().__init__(f"读模型 {model} 是第 {stored} 版，程序需要第 {wanted} 版，请运行 fund rebuild")
        self.model = model


class NewerModel(Exception):  # noqa: N818 - names the condition
    """The tables were written by a newer version of the model; this program must leave them alone."""

    def __init__(self, model: str, stored: int, known: int) -> None:
        super().__init__(f"读模型 {model} 是第 {stored} 版，本程序只会第 {known} 版，请用新版程序")
        self.model = model


def refuse_newer(connection: Connection, versions: dict[str, int]) -> None:
    """Raises NewerModel when a table is of a later version than this program's."""
    stored = select(checkpoints.c.model, checkpoints.c.version).order_by(checkpoints.c.model)
    for model, version in connection.execute(stored):
        if version > versions.get(model, version):
            raise NewerModel(model, version, versions[model])


def positions(connection: Connection, versions: dict[str, int]) -> dict[str, int]:
    """The position of each model (0: nothing read yet); raises OutdatedModel."""
    found = {
        row.model: (row.version, row.position)
        for row in connection.execute(select(checkpoints).where(checkpoints.c.model.in_(versions)))
    }
    for model, wanted in versions.items():
        stored, _ = found.get(model, (wanted, 0))
        if stored != wanted:
            raise OutdatedModel(model, stored, wanted)
    return {model: found.get(model, (0, 0))[1] for model in versions}


def position(connection: Connection) -> int:
    """The position that every read model has reached; 0 when one of them has not begun.

    The seal is no read model: nobody waits for it.
    """
    reached = select(func.count(), func.min(checkpoints.c.position)).where(
        checkpoints.c.model.in_(READ_MODELS)
    )
    begun, lowest = connection.execute(reached).one()
    return int(lowest) if begun == len(READ_MODELS) else 0


def advance(connection: Connection, versions: dict[str, int], old: int, new: int) -> None:
    """Move the checkpoints of these models from ``old`` to ``new``; raises CheckpointMoved.

    Called before the models write: the row lock then keeps every other writer of their tables out.
    """
    now = func.now()
    if old == 0:
        rows = [
            {"model": model, "version": version, "position": 0, "updated_at": now}
            for model, version in sorted(versions.items())
        ]
        connection.execute(insert(checkpoints).values(rows).on_conflict_do_nothing())
    here = tuple_(checkpoints.c.model, checkpoints.c.version)
    moved = connection.execute(
        update(checkpoints)
        .where(here.in_(sorted(versions.items())), checkpoints.c.position == old)
        .values(position=new, updated_at=now)
    )
    if moved.rowcount != len(versions):
        raise CheckpointMoved(f"not all of {sorted(versions)} are at {old}")


def lock(connection: Connection, models: Collection[str]) -> None:
    """Keep every follower from moving these checkpoints until the transaction ends."""
    connection.execute(
        select(checkpoints.c.model)
        .where(checkpoints.c.model.in_(models))
        .order_by(checkpoints.c.model)
        .with_for_update()
    )

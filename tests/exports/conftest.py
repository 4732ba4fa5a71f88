"""A busy history in PostgreSQL, sealed and projected, and what an export of it is made with."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection

from audit.checkpoint import Signer, load_signer
from audit.seal import last_head
from exports.checking import Checked, check
from exports.export import Asked, Format, Source
from exports.making import make
from exports.manifest import Manifest
from ledger import policy
from tests.audit.conftest import Kept, busy_office


class Desk(NamedTuple):
    """Who exports: the ledger, its signer, and how far it was read."""

    kept: Kept
    connection: Connection
    signer: Signer
    position: int

    @property
    def source(self) -> Source:
        return Source(self.connection, self.kept.feed, policy.load())

    def make(self, form: Format, target: Path, asked: Asked | None = None) -> Manifest:
        made = make(form, target, self.source, asked or Asked(self.position), self.signer)
        self.connection.rollback()
        return made

    def check(self, path: Path, form: Format) -> Checked:
        return check(path, form, self.source, self.signer, self.position)


@pytest.fixture(scope="module")
def _shelf(embedded) -> Iterator[Kept]:
    with embedded.database() as database:
        kept = Kept(database, busy_office(7).log.rows(0, 10**6))
        kept.save()
        yield kept


@pytest.fixture
def desk(_shelf, tmp_path) -> Iterator[Desk]:
    """A ledger with a random history in every kind of book."""
    with _shelf.engine.connect() as connection:
        signer = load_signer(connection, tmp_path / "home")
        yield Desk(_shelf, connection, signer, last_head(connection).position)
    _shelf.restore()

"""The service over a fresh ledger in PostgreSQL."""

import pytest

from tests.api.service import Service


@pytest.fixture
def service(database) -> Service:
    return Service(database.engine)

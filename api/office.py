"""What the routes work with (账房): the writer, the read models' engine and the register of persons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine, text

from ledger.application import Application
from ledger.calendar import Clock
from ledger.store.parties import Parties

LONGEST: Final = "60s"
"""How long the database may work at one statement of an answer."""


@dataclass(frozen=True, slots=True)
class Office:
    """One ledger as the service sees it; ``clock`` decides whether a token has expired."""

    engine: Engine
    application: Application
    parties: Parties
    clock: Clock

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for an answer; the database breaks off what takes it longer than a minute."""
        with self.engine.connect() as connection:
            connection.execute(
                text("select set_config('statement_timeout', :longest, true)"), {"longest": LONGEST}
            )
            yield connection


def office(request: Request) -> Office:
    """The office this application was made for."""
    found = request.app.state.office
    if not isinstance(found, Office):
        raise TypeError("the application has no office")
    return found


Desk = Annotated[Office, Depends(office)]
"""The parameter by which a route asks for its office."""

"""What the routes work with (账房): the writer, the read models' engine and the register of persons."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from ledger.application import Application
from ledger.calendar import Clock
from ledger.store.parties import Parties


@dataclass(frozen=True, slots=True)
class Office:
    """One ledger as the service sees it; ``clock`` decides whether a token has expired."""

    engine: Engine
    application: Application
    parties: Parties
    clock: Clock


def office(request: Request) -> Office:
    """The office this application was made for."""
    found = request.app.state.office
    if not isinstance(found, Office):
        raise TypeError("the application has no office")
    return found


Desk = Annotated[Office, Depends(office)]
"""The parameter by which a route asks for its office."""

"""The desk (办公桌): one ledger opened for a command, with everything it is composed of.

Parts are made when first used, so that a command pays only for what it needs.
"""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.roles import Bearer
    from ledger.application import Application
    from ledger.policy import Policy
    from ledger.store.feed import Feed
    from ledger.store.parties import Parties
    from projections.runner import Follower

OF_THE_MACHINE = "cli:"
"""Begins the names of accounts of the operating system in events."""


def home() -> Path:
    """Where the ledger keeps its own files: ``FUND_HOME``, by default ``./var``."""
    return Path(os.environ.get("FUND_HOME") or "var")


def actor() -> str:
    """Who records from the command line: an account of the operating system."""
    return f"{OF_THE_MACHINE}{getpass.getuser()}"


def holder(desk: "Desk") -> "Bearer | None":
    """The holder of the token in ``FUND_TOKEN``; None without one. Raises Failed ``unauthenticated``."""
    from api.problems import Failed, problem
    from api.tokens import bearer
    from ledger.calendar import now

    token = os.environ.get("FUND_TOKEN")
    if not token:
        return None
    with desk.engine.connect() as connection:
        who = bearer(connection, token, now())
    if who is None:
        raise Failed(problem("unauthenticated", "未登录", "FUND_TOKEN 中的访问令牌无效", 401))
    return who


@dataclass(frozen=True)
class Desk:
    """An open ledger."""

    home: Path
    engine: "Engine"

    @cached_property
    def policy(self) -> "Policy":
        """The dated rules."""
        from ledger.policy import load

        return load()

    @cached_property
    def application(self) -> "Application":
        """The only writer."""
        from ledger.application import Application
        from ledger.calendar import now
        from ledger.store.bridge import EventLog

        return Application(EventLog(self.engine), self.policy, now)

    @cached_property
    def parties(self) -> "Parties":
        """The register of persons."""
        from ledger.store.parties import Parties, load_key

        return Parties(self.engine, load_key(self.home))

    @cached_property
    def feed(self) -> "Feed":
        """The log in its order."""
        from ledger.store.feed import Feed

        return Feed(self.engine)

    @cached_property
    def follower(self) -> "Follower":
        """What keeps the read models and the seal up to the log."""
        from audit.seal import Seal
        from projections.models import read_models
        from projections.runner import Follower

        return Follower(self.engine, [*read_models(self.engine), Seal()], self.feed)

    def catch_up(self) -> int:
        """Project and seal everything recorded so far; returns the position reached."""
        return self.follower.catch_up()


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The ledger of ``home()``: its database is found or started, and left as it was found."""
    from ledger.store.engine import engine
    from ledger.store.server import open_database

    with open_database(home()) as database:
        made = engine(database.url)
        made.hide_parameters = True  # amounts and references do not belong in error messages
        try:
            yield Desk(home(), made)
        finally:
            made.dispose()

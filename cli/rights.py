"""Who acts at the command line (经手人), and whether they may: the holder of a token, or an account."""

from collections.abc import Collection, Iterable

from api import security
from api.roles import Role
from api.security import demand_counties, demand_role
from cli.desk import Desk, actor, holder


def recorder(desk: Desk, role: Role, counties: Iterable[str]) -> str:
    """The name that goes into events; ``counties`` are those touched, "" for what lies in no single one.

    Without ``FUND_TOKEN`` it is the account of the operating system, which may do everything. Raises Failed
    ``unauthenticated``, ``role-forbidden``, ``county-forbidden``.
    """
    who = holder(desk)
    if who is None:
        return actor()
    demand_role(who, role)
    demand_counties(who, counties)
    return who.name


def counties_seen(desk: Desk, county: str | None) -> Collection[str] | None:
    """The county that is asked for, else those of the token that is held, else all (None).

    Raises Failed ``county-forbidden``.
    """
    who = holder(desk)
    if who is not None:
        return security.counties_seen(who, county)
    return None if county is None else (county,)


def demand_sight(desk: Desk, county: str | None) -> None:
    """Raises Failed ``county-forbidden`` where a token is held that does not see the county (None: all)."""
    who = holder(desk)
    if who is not None:
        demand_counties(who, [county or ""])

"""Live commands (业务单据) over HTTP: one route a form, made from the forms themselves."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Response

from api.answers import json
from api.office import Desk, Office
from api.repeatable import Key, Raw, digest
from api.roles import Bearer, Role
from api.security import Who, demand_counties, demand_role
from ledger import policy
from ledger.commands import Recording
from ledger.forms import FORMS, Form, counties_of, written
from ledger.forms.values import Body

router = APIRouter()

REVIEWED: Final = frozenset({"review-repair", "approve-repair", "refuse-repair", "close-period"})
"""Commands of the reviewer (复核); all others are the officer's (经办)."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What a command recorded; a read with ``min_position`` set to ``position`` sees it."""

    position: str
    events: tuple[str, ...]


def role_of(name: str) -> Role:
    """Who may ask for a command: who enters is not who reviews."""
    return "reviewer" if name in REVIEWED else "officer"


def record(desk: Office, who: Bearer, form: Form, filled: Body, recording: Recording) -> Recorded:
    """Carry out one form for its bearer; raises what ``Application.execute`` raises, and Failed."""
    counties = counties_of(filled, desk.application, policy.load())
    demand_role(who, role_of(form.name))
    demand_counties(who, counties or [""])
    command, evidence = written(form, filled, desk.application, desk.parties, next(iter(counties), ""))
    done = desk.application.execute([command], msgspec.structs.replace(recording, evidence=evidence))
    return Recorded(position=str(done.position), events=done.events)


def _endpoint(form: Form) -> Callable[..., Response]:
    def post(
        desk: Desk,
        who: Who,
        body: Any,
        raw: Raw,
        idempotency_key: Key = None,
    ) -> Response:
        recording = Recording(
            actor=who.name, key=idempotency_key, digest=digest(form.name.encode(), raw, who.name.encode())
        )
        return json(record(desk, who, form, body, recording), 201)

    post.__annotations__["body"] = form.model
    post.__name__ = "post_" + form.name.replace("-", "_")
    post.__doc__ = form.kind.__doc__
    return post


def _routes(forms: Mapping[str, Form]) -> None:
    for name, form in forms.items():
        router.add_api_route(
            f"/v1/commands/{name}", _endpoint(form), methods=["POST"], status_code=201, summary=form.title
        )


_routes(FORMS)

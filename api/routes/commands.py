"""Live commands (业务单据) over HTTP: one route a form, made from the forms themselves."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Header, Request, Response

from api.answers import json
from api.office import Desk, Office
from api.roles import Bearer, Role
from api.security import Who, demand_county, demand_prefecture, demand_role
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


async def _raw(request: Request) -> bytes:
    return await request.body()


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="幂等键：同一请求重发只记一次，同键不同内容被拒",
    ),
]


def roles(name: str) -> tuple[Role, ...]:
    """Who may ask for a command: who enters is not who reviews."""
    return ("reviewer",) if name in REVIEWED else ("officer",)


def admit(who: Bearer, form: Form, counties: Sequence[str]) -> None:
    """Raises Failed unless the bearer may ask for a command that touches these counties (none: no one's)."""
    demand_role(who, *roles(form.name))
    for county in counties:
        demand_county(who, county)
    if not counties:
        demand_prefecture(who)


def record(desk: Office, who: Bearer, form: Form, filled: Body, recording: Recording) -> Recorded:
    """Carry out one form for its bearer; raises what ``Application.execute`` raises, and Failed."""
    counties = counties_of(filled, desk.application, policy.load())
    admit(who, form, counties)
    command, evidence = written(form, filled, desk.application, desk.parties, next(iter(counties), ""))
    done = desk.application.execute([command], msgspec.structs.replace(recording, evidence=evidence))
    return Recorded(position=str(done.position), events=done.events)


def _endpoint(form: Form) -> Callable[..., Response]:
    def post(
        desk: Desk,
        who: Who,
        body: Any,
        raw: Annotated[bytes, Depends(_raw)],
        idempotency_key: Key = None,
    ) -> Response:
        recording = Recording(
            actor=who.name, key=idempotency_key, digest=_digest(form.name.encode(), raw, who.name.encode())
        )
        return json(record(desk, who, form, body, recording), 201)

    post.__annotations__["body"] = form.model
    post.__name__ = "post_" + form.name.replace("-", "_")
    post.__doc__ = form.kind.__doc__
    return post


def _digest(*parts: bytes) -> bytes:
    content = hashlib.sha256()
    for part in parts:
        content.update(len(part).to_bytes(8, "big") + part)
    return content.digest()


def _routes(forms: Mapping[str, Form]) -> None:
    for name, form in forms.items():
        router.add_api_route(
            f"/v1/commands/{name}", _endpoint(form), methods=["POST"], status_code=201, summary=form.title
        )


_routes(FORMS)

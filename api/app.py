"""The composition root of the HTTP service: routes behind the gate, problems as documents."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import openapi
from api.office import Office
from api.problems import Failed, Problem, problem, problem_of
from api.roles import Bearer
from api.routes import (
    buildings,
    commands,
    deposits,
    dues,
    health,
    lots,
    obligations,
    payments,
    periods,
    policy,
    publications,
    repairs,
    statements,
    summary,
    views,
)
from api.security import Gate, respond
from api.tokens import bearer
from api.validation import malformed
from ledger.errors import Busy, IdempotencyConflict, InputError, Refused
from projections.wait import NotProjected

ANSWERABLE: Sequence[type[Exception]] = (Failed, Refused, InputError, IdempotencyConflict, Busy, NotProjected)

STATUSES = {
    400: ("json-invalid", "请求无法读取", "请求正文不是有效的 JSON"),
    404: ("not-found", "没有找到", "没有这个地址"),
    405: ("method-not-allowed", "方法不允许", "这个地址不支持此方法"),
    413: ("body-too-large", "请求太大", "请求正文超过 1 MiB"),
}


class Service(FastAPI):
    """The application, with its own OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.document(self)
        return self.openapi_schema


def create_app(office: Office) -> FastAPI:
    """The service of one ledger; whatever it answers, it answers to the bearer of a token."""
    app = Service(
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        generate_unique_id_function=_name,
    )
    app.state.office = office
    for room in (
        health,
        summary,
        policy,
        buildings,
        lots,
        deposits,
        dues,
        repairs,
        payments,
        obligations,
        periods,
        statements,
        publications,
        views,
        commands,
    ):
        app.include_router(room.router)
    for kind in ANSWERABLE:
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(RequestValidationError, _answer_malformed)
    app.add_exception_handler(HTTPException, _answer_status)
    app.add_middleware(Gate, find=lambda token: _find(office, token))
    return app


def _name(route: APIRoute) -> str:
    return route.name


def _find(office: Office, token: str) -> Bearer | None:
    with office.engine.connect() as connection:
        return bearer(connection, token, office.clock())


def _answer(_request: Request, error: Exception) -> Response:
    found = problem_of(error)
    if found is None:
        raise error
    return respond(found)


def _answer_malformed(_request: Request, error: Exception) -> Response:
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    return respond(malformed(errors))


def _answer_status(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return respond(_of_status(status))


def _of_status(status: int) -> Problem:
    code, title, detail = STATUSES.get(status, ("http-error", "请求失败", f"HTTP {status}"))
    return problem(code, title, detail, status)

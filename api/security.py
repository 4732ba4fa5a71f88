"""The gate before every route (门禁): a token first, a limit on bodies, strict headers, no traceback outside.

It wraps the whole application, so that a route cannot forget it: an unknown path, the OpenAPI document and a
malformed body all ask for a token before anything is read.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Annotated

import msgspec
from fastapi import Depends, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE, Failed, Problem, problem, problem_of
from api.roles import Bearer, Role

MAX_BODY = 1 << 20
"""Bytes that a request body may have."""

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
"""On every answer, unless a route says otherwise; HSTS belongs to the proxy that ends TLS."""

logger = logging.getLogger(__name__)


class Gate:
    """ASGI middleware; ``find`` turns a token into its bearer, or None."""

    def __init__(self, app: ASGIApp, find: Callable[[str], Bearer | None]) -> None:
        self._app = app
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request with a valid token pass; answer any other with a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = dict(message["headers"])
                added = [(name, value) for name, value in HEADERS if name not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        try:
            await self._pass(scope, receive, answer)
        except Exception as error:
            logger.exception("request failed")
            failure = problem_of(error) or problem("internal", "系统错误", "系统内部出错，已记入日志", 500)
        else:
            return
        if not started:
            await respond(failure)(scope, receive, answer)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(scope)
        found = await run_in_threadpool(self._find, token) if token else None
        if found is None:
            refusal = problem("unauthenticated", "未登录", "请求须带有效的访问令牌", 401)
            await respond(refusal)(scope, receive, send)
            return
        scope.setdefault("state", {})["bearer"] = found
        await self._app(scope, _limited(receive), send)


def respond(failure: Problem) -> Response:
    """The HTTP answer for a problem."""
    headers = {"www-authenticate": "Bearer"} if failure.status == 401 else None
    body = msgspec.json.encode(failure)
    return Response(body, failure.status, headers, media_type=MEDIA_TYPE)


def bearer(request: Request) -> Bearer:
    """Who asks; the gate has put it there."""
    found = request.state.bearer
    if not isinstance(found, Bearer):
        raise TypeError("the application runs without its gate")
    return found


Who = Annotated[Bearer, Depends(bearer)]
"""The parameter by which a route asks who is there."""


def demand_role(who: Bearer, *roles: Role) -> None:
    """Raises ``role-forbidden`` unless the bearer has one of the roles."""
    if who.role not in roles:
        raise Failed(problem("role-forbidden", "没有权限", "此令牌的角色不能办理这项业务", 403))


def demand_county(who: Bearer, county: str) -> None:
    """Raises ``county-forbidden`` unless the bearer is bound to the county."""
    if not who.sees(county):
        raise Failed(problem("county-forbidden", "没有权限", f"此令牌不含区县 {county}", 403))


def counties_seen(who: Bearer, county: str | None) -> Collection[str] | None:
    """The county that is asked for, else all the bearer may see (None: all); raises ``county-forbidden``."""
    if county is None:
        return who.counties
    demand_county(who, county)
    return (county,)


def demand_prefecture(who: Bearer) -> None:
    """Raises ``county-forbidden`` unless the bearer has all counties: for what is no single county's."""
    if who.counties is not None:
        raise Failed(problem("county-forbidden", "没有权限", "这项业务不属于单一区县，须全州令牌", 403))


def demand_counties(who: Bearer, counties: Iterable[str]) -> None:
    """Raises ``county-forbidden`` unless all are the bearer's; "" stands for what is no single county's."""
    for county in counties:
        if county:
            demand_county(who, county)
        else:
            demand_prefecture(who)


def _token(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(values) != 1:
        return None
    scheme, _, token = values[0].decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _limited(receive: Receive) -> Receive:
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise HTTPException(413)
        return message

    return limited

"""What all routes share: answers as JSON, and the query parameters of reads."""

from datetime import date
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Response
from pydantic import AfterValidator, BeforeValidator

from api.office import Desk
from api.reading import LAST_POSITION
from ledger.calendar import parse_date
from ledger.policy import load
from projections.wait import wait_for

PATIENCE_SECONDS = 5.0
"""How long a read waits for ``min_position``."""


def json(answer: object, status: int = 200) -> Response:
    """A struct as the body of an answer."""
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


def money(answer: msgspec.Struct) -> Response:
    """The same for an answer that holds amounts: it names their currency."""
    return json({**msgspec.to_builtins(answer), "currency": "CNY"})


def county_code(text: str) -> str:
    """The code of a county today; raises InputError ``county-unknown``."""
    return load().county(text).code


def _in_range(text: str) -> str:
    if int(text) > LAST_POSITION:
        raise ValueError("位置超出范围")
    return text


def _projected(
    desk: Desk,
    min_position: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{1,19}$", description="至少读到日志的这个位置才应答，最多等 5 秒"),
        AfterValidator(lambda text: text and _in_range(text)),
    ] = None,
) -> None:
    if min_position is not None:
        wait_for(desk.engine, int(min_position), PATIENCE_SECONDS)


Projected = Depends(_projected)
"""A read waits until the read models have reached ``min_position``."""

AsOf = Annotated[
    date | None,
    BeforeValidator(parse_date),
    Query(description="截至哪一记账日（含当日）；不给则不截", examples=["2019-12-31"]),
]
KnownAt = Annotated[
    str | None,
    Query(max_length=40, description="截至当时已记入账本的内容：日志位置，或 ISO 8601 时间"),
]
CountyQuery = Annotated[
    str | None,
    AfterValidator(lambda text: text and county_code(text)),
    Query(description="只看一个区县（GB/T 2260 代码）", examples=["532301"]),
]

"""Health (状态): how far the log is, and how far the read models have followed it."""

import msgspec
from fastapi import APIRouter, Response

from api.answers import json
from api.office import Desk
from ledger.store.feed import Feed
from projections.checkpoints import position

router = APIRouter()


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``position``: the read models have read so far; ``horizon``: the log may be read so far."""

    status: str
    position: str
    horizon: str


@router.get("/v1/health", summary="状态")
def health(desk: Desk) -> Response:
    """账本与查询各到哪个位置；两者相等即已跟上。"""
    horizon = Feed(desk.engine).horizon()
    with desk.reading() as connection:
        reached = position(connection)
    status = "ok" if reached >= horizon else "behind"
    return json(Health(status=status, position=str(reached), horizon=str(horizon)))

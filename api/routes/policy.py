"""The policy (政策) in force on a day; it is the same for every caller."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator

from api.answers import json
from api.office import Desk
from ledger.calendar import parse_date, today
from ledger.policy import load
from ledger.policy.showing import in_force

router = APIRouter()

On = Annotated[
    date | None,
    BeforeValidator(parse_date),
    Query(description="哪一天生效的；不给则为今天", examples=["2025-06-30"]),
]
Name = Annotated[str | None, Query(max_length=40, description="只看一个政策文件", examples=["rates"])]


@router.get("/v1/policy", summary="某日生效的政策")
def get_policy(desk: Desk, on: On = None, name: Name = None) -> Response:
    """每个政策文件在这一天生效的条目，连同标记和依据；版本号与事件所载一致。"""
    return json(in_force(load(), on or today(desk.clock), name))

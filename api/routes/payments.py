"""Repair payments (维修付款): who bears what of one."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import money
from api.office import Desk
from api.places import OfCounty
from api.problems import unknown
from ledger.identity import code
from ledger.store.feed import Feed

router = APIRouter()

Project = Annotated[str, Path(description="项目编号", examples=["W2025-001"])]
Version = Annotated[
    int, Path(ge=1, le=2**31, description="付款在项目中的版本（凭证 @ 之后的数）", examples=[7])
]


@router.get("/v1/payments/{county}/{project}/{version}", summary="维修付款的分摊清册")
def get_payment(desk: Desk, county: OfCounty, project: Project, version: Version) -> Response:
    """各户应分摊、支取本金和利息、自筹、已退回，以及开发建设单位承担的部分（元）；直接读自账本，不会落后。"""
    number = code(project, "项目编号")
    found = desk.application.allocation(county, number, version, Feed(desk.engine).horizon())
    if found is None:
        raise unknown("payment", f"区县 {county} 的维修项目 {number} 没有版本为 {version} 的付款")
    return money(found)

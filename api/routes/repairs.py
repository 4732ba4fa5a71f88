"""Repair projects (维修项目): how far one is."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import money
from api.office import Desk
from api.places import OfCounty
from api.problems import unknown
from ledger.identity import code
from ledger.policy import load
from ledger.progress import progress
from ledger.store.feed import Feed

router = APIRouter()

Project = Annotated[str, Path(description="项目编号", examples=["W2025-001"])]


@router.get("/v1/repairs/{county}/{project}", summary="维修项目的进度")
def get_repair(desk: Desk, county: OfCounty, project: Project) -> Response:
    """各步骤及其日期、岗位和金额（元），表决是否通过及原因，以及下一步；直接读自账本，不会落后。"""
    number = code(project, "项目编号")
    position = Feed(desk.engine).horizon()
    found = progress(desk.application.project(county, number), load(), position)
    if found is None:
        raise unknown("project", f"区县 {county} 没有维修项目 {number}")
    return money(found)

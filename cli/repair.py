"""``fund repair``: how far a repair project is."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json
from cli.desk import open_desk
from cli.rights import demand_sight
from ledger.identity import code

if TYPE_CHECKING:
    from ledger.progress import RepairProgress, VoteResult

app = typer.Typer(no_args_is_help=True, help="维修项目：进度")

ORIGINS = {"live": "实时", "history": "补录"}


@app.callback()
def group() -> None:
    """维修项目：进度。"""


@app.command()
def show(
    county: Annotated[str, typer.Argument(metavar="COUNTY", help="区县代码")],
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="项目编号")],
    json: Json = False,
) -> None:
    """一个维修项目的各步骤、经办岗位、金额、表决是否通过及原因，以及下一步。"""
    from ledger.progress import progress

    project = code(project, "项目编号")
    with open_desk() as desk:
        demand_sight(desk, county)
        position = desk.feed.horizon()
        found = progress(desk.application.project(county, project), desk.policy, position)
    if found is None:
        raise unknown("project", f"区县 {county} 没有维修项目 {project}")
    if json:
        output.document(found)
    else:
        _show(found)


def _show(found: "RepairProgress") -> None:
    title = f"维修项目 {found.county} {found.project}：{found.object}，{found.content}"
    rows = [
        [step.on, step.name, _money(step.amount), step.actor, ORIGINS[step.origin], step.note, step.event]
        for step in found.steps
    ]
    output.table(title, ["日期", "步骤", "金额", "登记岗位", "来源", "说明", "凭证"], rows, "llrllll")
    kind = f"应急（{found.ground or '事由不详'}）" if found.emergency else "一般"
    budget, approved = _money(found.budget) or "不详", _money(found.approved) or "未批"
    output.line(f"{kind}维修，预算 {budget}，批准 {approved}，已付 {output.grouped(found.paid)} 元")
    if found.vote is not None:
        output.line(_vote(found.vote))
    output.line(f"下一步：{found.next}")


def _vote(vote: "VoteResult") -> str:
    figures = "；".join(
        f"{word} {_area(area)} 平方米 {'不详' if persons is None else persons} 人"
        for word, area, persons in (
            ("应参与", vote.total_area_dm2, vote.total_persons),
            ("参与", vote.present_area_dm2, vote.present_persons),
            ("同意", vote.agreed_area_dm2, vote.agreed_persons),
        )
    )
    return f"表决（{vote.on}）{'通过' if vote.passed else f'没有通过，{vote.reason}'}：{figures}"


def _area(area_dm2: int | None) -> str:
    return "不详" if area_dm2 is None else f"{area_dm2 // 100}.{area_dm2 % 100:02d}"


def _money(amount: str | None) -> str:
    return "" if amount is None else output.grouped(amount)

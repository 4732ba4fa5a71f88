"""The register of repair projects (维修项目登记簿): one row a project, with its days, money and state."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from projections.buildings import buildings
from projections.repair_steps import SEPARATOR, repair_steps
from projections.views.projects import PARTS, fen, last, proposals, standing_payments
from projections.views.view import Asked, Column, Filter, View

STATES: Final = {
    "proposed": "已申请",
    "voted": "已表决",
    "noticed": "已公示",
    "reviewed": "已复核",
    "handed-back": "退回补正",
    "approved": "已批准",
    "refused": "不予批准",
    "working": "施工中",
    "accepted": "已验收",
    "settled": "已决算",
    "closed": "已办结",
}
"""How far a project is, by the furthest step on record."""


def _repairs(asked: Asked) -> Select[Any]:
    proposed, course = proposals(asked), _course(asked)
    paid = standing_payments(asked)
    rows = course.outerjoin(proposed, _same(course, proposed)).outerjoin(paid, _same(course, paid))
    wanted = select(
        *(column for column in course.c if column.name != "declared"),
        proposed.c.estate,
        _estate_name(asked, proposed),
        proposed.c.buildings,
        proposed.c.object,
        proposed.c.part,
        proposed.c.content,
        (func.coalesce(proposed.c.emergency, False) | course.c.declared).label("emergency"),
        *(fen(paid.c[name]).label(name) for name in ("cost", "raised", "developer")),
        (course.c.paid - course.c.returned).label("used"),
    ).select_from(rows)
    if "building" in asked.filters:
        each = func.string_to_array(proposed.c.buildings, SEPARATOR)
        wanted = wanted.where(func.array_position(each, asked.filters["building"]).is_not(None))
    return wanted


def _same(left: Any, right: Any) -> ColumnElement[bool]:
    return and_(left.c.county == right.c.county, left.c.project == right.c.project)


def _estate_name(asked: Asked, proposed: Any) -> ColumnElement[str]:
    place = buildings.c
    here = place.county == proposed.c.county, place.estate == proposed.c.estate
    named = select(func.min(place.estate_name)).where(*here, place.position <= asked.cut)
    return named.scalar_subquery().label("estate_name")


def _course(asked: Asked) -> Any:
    """The steps of each project that count, as columns."""
    step = repair_steps.c

    def on(*names: str) -> ColumnElement[Any]:
        return last(step.value_date, step.step.in_(names))

    def of(column: Any, name: str) -> ColumnElement[Any]:
        return last(column, step.step == name)

    def summed(*names: str) -> ColumnElement[Any]:
        return func.sum(step.amount_fen).filter(step.step.in_(names))

    return (
        select(
            step.county,
            step.project,
            last(step.applied_on, step.step == "proposed").label("applied_on"),
            last(step.amount_fen, step.step == "proposed").label("budget"),
            on("voted").label("voted_on"),
            of(step.agreed_households, "voted").label("agreed_households"),
            of(step.total_households, "voted").label("total_households"),
            on("noticed", "noticed-after").label("noticed_on"),
            on("approved").label("approved_on"),
            of(step.amount_fen, "approved").label("approved"),
            on("started").label("started_on"),
            on("accepted").label("accepted_on"),
            on("settled").label("settled_on"),
            of(step.amount_fen, "settled").label("settled"),
            on("closed").label("closed_on"),
            fen(summed("paid", "payment-reversed")).label("paid"),
            fen(summed("returned", "return-reversed")).label("returned"),
            fen(func.sum(step.papers)).label("papers"),
            _taken("emergency").label("declared"),
            _state().label("state"),
        )
        .where(*asked.counted(repair_steps))
        .group_by(step.county, step.project)
        .subquery("course")
    )


def _taken(*names: str) -> ColumnElement[bool]:
    """Whether one of these steps was taken."""
    return func.coalesce(func.bool_or(repair_steps.c.step.in_(names)), False)


def _state() -> ColumnElement[str]:
    reviewed = last(repair_steps.c.step, repair_steps.c.step.in_(("reviewed", "handed-back")))
    return case(
        (_taken("closed"), "closed"),
        (_taken("refused"), "refused"),
        (_taken("settled"), "settled"),
        (_taken("accepted"), "accepted"),
        (or_(_taken("started"), _taken("paid")), "working"),
        (_taken("approved"), "approved"),
        (reviewed.is_not(None), reviewed),
        (_taken("noticed", "noticed-after"), "noticed"),
        (_taken("voted"), "voted"),
        else_="proposed",
    )


REPAIRS: Final = View(
    name="repairs",
    title="维修项目登记簿",
    columns=(
        Column("county", "区县", "county"),
        Column("project", "项目编号", "text"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("buildings", "楼幢编码", "text"),
        Column("part", "部位分类", "text", terms=PARTS),
        Column("object", "维修部位", "text"),
        Column("content", "维修内容", "text"),
        Column("emergency", "应急", "flag"),
        Column("state", "状态", "text", terms=STATES),
        Column("applied_on", "申请日期", "date"),
        Column("budget", "预算金额", "money", total=True),
        Column("voted_on", "表决日期", "date"),
        Column("agreed_households", "同意户数", "count"),
        Column("total_households", "应参与户数", "count"),
        Column("noticed_on", "公示日期", "date"),
        Column("approved_on", "批准日期", "date"),
        Column("approved", "批准金额", "money", total=True),
        Column("started_on", "开工日期", "date"),
        Column("accepted_on", "验收日期", "date"),
        Column("settled_on", "决算日期", "date"),
        Column("settled", "决算金额", "money", total=True),
        Column("closed_on", "办结日期", "date"),
        Column("cost", "工程付款", "money", total=True),
        Column("raised", "其中自筹", "money", total=True),
        Column("developer", "其中开发单位承担", "money", total=True),
        Column("paid", "维修资金支付", "money", total=True),
        Column("returned", "退回", "money", total=True),
        Column("used", "使用净额", "money", total=True),
        Column("papers", "附件", "count", total=True),
    ),
    order=("county", "project"),
    select=_repairs,
    filters={
        "project": Filter("项目编号", "text"),
        "estate": Filter("小区编码", "text"),
        "building": Filter("楼幢编码", "text"),
        "part": Filter("部位分类", "text", terms=PARTS),
        "emergency": Filter("应急", "flag"),
        "state": Filter("状态", "text", terms=STATES),
        "from": Filter("申请起始日", "date", column="applied_on", test=">="),
        "to": Filter("申请终止日", "date", column="applied_on", test="<="),
    },
    note="每个项目一行；付款已扣冲正，工程付款含自筹和开发单位承担部分；部位不在部位表内的归其他",
)

"""Repair projects (维修项目) as a position and a day know them: what the registers of repairs are made of."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from ledger import policy
from projections.causes import causes
from projections.postings import postings
from projections.repair_steps import repair_steps
from projections.views.view import Asked

OTHER: Final = "other"
PARTS: Final = {row.code: row.name for row in policy.load().repairs.objects} | {OTHER: "其他"}
"""What is repaired (维修部位) by the codes of policy/repairs.toml, and what that list does not have."""

_CODES: Final = {name: code for code, name in PARTS.items() if code != OTHER}


def part(steps: FromClause) -> ColumnElement[str]:
    """The part a proposal names: by its code, or in history by its words where the list has them."""
    by_name = case(_CODES, value=steps.c.object, else_=OTHER)
    return case((steps.c.object_code.in_(list(_CODES.values())), steps.c.object_code), else_=by_name)


def last(column: Column[Any], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """Of a project's steps the column of the one recorded last, where the conditions hold."""
    ordered = aggregate_order_by(column, repair_steps.c.position.desc())
    found = func.array_agg(ordered).filter(*conditions)
    return type_coerce(found, ARRAY(column.type))[1]


def fen(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as an integer, nothing being zero."""
    return cast(func.coalesce(amount, 0), BigInteger)


def proposals(asked: Asked) -> Subquery:
    """A row for each project that was proposed: what is repaired, and where."""
    step = repair_steps.c
    return (
        select(
            step.county,
            step.project,
            step.estate,
            step.buildings,
            step.object,
            step.content,
            step.emergency,
            part(repair_steps).label("part"),
        )
        .where(*asked.counted(repair_steps), step.step == "proposed")
        .ext(distinct_on(step.county, step.project))
        .order_by(step.county, step.project, step.position.desc())
        .subquery("proposals")
    )


def standing_payments(asked: Asked) -> Subquery:
    """Payments that were not taken back, summed by project: whole cost, self-raised, developer's share."""
    paid, back = repair_steps.alias("paid"), repair_steps.alias("back")
    reversed_ = (
        select(back.c.position)
        .where(
            back.c.county == paid.c.county,
            back.c.project == paid.c.project,
            back.c.step == "payment-reversed",
            back.c.of_version == paid.c.version,
            back.c.position <= asked.cut,
        )
        .exists()
    )
    return (
        select(
            paid.c.county,
            paid.c.project,
            *(fen(func.sum(paid.c[f"{name}_fen"])).label(name) for name in ("cost", "raised", "developer")),
        )
        .where(*asked.counted(paid), paid.c.step == "paid", ~reversed_)
        .group_by(paid.c.county, paid.c.project)
        .subquery("standing")
    )


def spent(asked: Asked) -> Subquery:
    """What unit accounts paid for repairs, by project, payment, fund kind and day; given back is negative.

    ``version`` is that of the payment, or of the money returned, in the project's stream; ``reversal`` says
    that it was taken back. Together it is the sum of the postings.
    """
    links = _links(asked)
    entry, cause = postings.c, links.c.cause
    project = func.split_part(func.split_part(cause, "/", 3), "@", 1)
    keys = {
        "county": entry.county,
        "project": project,
        "version": cast(func.split_part(cause, "@", 2), Integer),
        "fund": entry.fund,
        "reversal": entry.reversal,
        "value_date": entry.value_date,
    }
    return (
        select(
            *(key.label(name) for name, key in keys.items()),
            fen(-func.sum(entry.principal_fen + entry.interest_fen)).label("amount"),
        )
        .join_from(links, postings, entry.position == links.c.position)
        .where(*asked.counted(postings))
        .group_by(*keys.values())
        .subquery("spent")
    )


def _links(asked: Asked) -> Subquery:
    """The events of buildings that follow from a project's, and those that take them back."""
    follows: Collection[str] = ("withdrawal", "return")
    own, back = causes.alias("own"), causes.alias("back")
    straight: Select[Any] = select(own.c.position, own.c.cause).where(
        own.c.kind.in_(follows), own.c.position <= asked.cut
    )
    reversals: Select[Any] = (
        select(back.c.position, own.c.cause)
        .join_from(back, own, and_(own.c.event == back.c.cause, own.c.kind.in_(follows)))
        .where(back.c.kind == "reversal", back.c.position <= asked.cut)
    )
    return union_all(straight, reversals).subquery("links")

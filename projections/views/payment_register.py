"""The register of payments (支付登记簿): payments of repairs, money that firms gave back, and reversals."""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, and_, case, func, select

from ledger.identity import FUND_NAMES
from projections.repair_steps import repair_steps
from projections.views.projects import PARTS, fen, proposals, spent
from projections.views.view import Asked, Column, Filter, View

STAGES: Final = {"first": "首款", "progress": "进度款", "final": "尾款"}
MOVES: Final = {
    "paid": "付款",
    "payment-reversed": "付款冲正",
    "returned": "退回",
    "return-reversed": "退回冲正",
}


_TAKES_BACK: Final = ("payment-reversed", "return-reversed")


def _payments(asked: Asked) -> Select[Any]:
    """What comes back is negative; a reversal shows payee and papers of what it takes back."""
    step, of = repair_steps.alias("step"), repair_steps.alias("of")
    proposed, funds = proposals(asked), _funds(asked)
    takes_back = step.c.step.in_(_TAKES_BACK)
    about = case((takes_back, step.c.of_version), else_=step.c.version)
    paid = funds.c.version == about, funds.c.reversal == takes_back
    rows = (
        step.outerjoin(of, and_(*_same(of, step), of.c.version == step.c.of_version))
        .outerjoin(proposed, and_(*_same(proposed, step)))
        .outerjoin(funds, and_(*_same(funds, step), *paid))
    )
    wanted = (
        select(
            step.c.value_date,
            step.c.county,
            step.c.project,
            proposed.c.estate,
            proposed.c.object,
            proposed.c.part,
            step.c.step.label("kind"),
            *(func.coalesce(step.c[name], of.c[name]).label(name) for name in _PAPERS),
            func.coalesce(step.c.payee_ref, of.c.payee_ref).label("person"),
            *(_whole(name, step, of).label(name) for name in ("cost", "raised", "developer")),
            _signed(step).label("amount"),
            fen(funds.c.commodity).label("commodity"),
            fen(funds.c.public).label("public"),
            step.c.papers,
            func.concat("repair/", step.c.county, "/", step.c.project, "@", step.c.version).label("event"),
        )
        .select_from(rows)
        .where(*asked.counted(step), step.c.step.in_(tuple(MOVES)))
    )
    if "fund" in asked.filters:
        wanted = wanted.where(fen(funds.c[asked.filters["fund"]]) != 0)
    return wanted


_PAPERS: Final = ("stage", "payee", "payee_account", "bank_ref", "invoice_no")


def _same(left: FromClause, right: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return left.c.county == right.c.county, left.c.project == right.c.project


def _signed(step: FromClause) -> ColumnElement[int]:
    """Reversals have the opposite sign in the log already."""
    into = step.c.step.in_(("returned", "return-reversed"))
    return case((into, -step.c.amount_fen), else_=step.c.amount_fen)


def _whole(name: str, step: FromClause, of: FromClause) -> ColumnElement[int]:
    """What a payment cost beside the fund's part; money returned is the fund's alone."""
    column = f"{name}_fen"
    return case(
        (step.c.step == "paid", step.c[column]),
        (step.c.step == "payment-reversed", -of.c[column]),
        else_=_signed(step) if name == "cost" else 0,
    )


def _funds(asked: Asked) -> Subquery:
    """What the accounts of either fund kind paid, by payment."""
    paid = spent(asked)
    key = paid.c.county, paid.c.project, paid.c.version, paid.c.reversal
    sums = (func.sum(paid.c.amount).filter(paid.c.fund == fund).label(fund) for fund in FUND_NAMES)
    return select(*key, *sums).group_by(*key).subquery("funds")


PAYMENTS: Final = View(
    name="payments",
    title="支付登记簿",
    columns=(
        Column("value_date", "日期", "date"),
        Column("county", "区县", "county"),
        Column("project", "项目编号", "text"),
        Column("estate", "小区编码", "text"),
        Column("part", "部位分类", "text", terms=PARTS),
        Column("object", "维修部位", "text"),
        Column("kind", "业务", "text", terms=MOVES),
        Column("stage", "付款阶段", "text", terms=STAGES),
        Column("payee", "收款单位", "text"),
        Column("payee_account", "收款账号", "text"),
        Column("person", "收款人", "person"),
        Column("cost", "工程付款", "money", total=True),
        Column("raised", "其中自筹", "money", total=True),
        Column("developer", "其中开发单位承担", "money", total=True),
        Column("amount", "维修资金支付", "money", total=True),
        Column("commodity", "其中商品住宅", "money", total=True),
        Column("public", "其中已售公有住房", "money", total=True),
        Column("bank_ref", "银行流水号", "text"),
        Column("invoice_no", "发票号", "text"),
        Column("papers", "附件", "count"),
        Column("event", "凭证", "text"),
    ),
    order=("value_date", "event"),
    select=_payments,
    filters={
        "project": Filter("项目编号", "text"),
        "estate": Filter("小区编码", "text"),
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
        "part": Filter("部位分类", "text", terms=PARTS),
        "kind": Filter("业务", "text", terms=MOVES),
        "stage": Filter("付款阶段", "text", terms=STAGES),
        "payee": Filter("收款单位", "text"),
        "from": Filter("起始日", "date", column="value_date", test=">="),
        "to": Filter("终止日", "date", column="value_date", test="<="),
    },
    note="退回和冲正为负数（退回冲正为正）；维修资金支付按分户支取分到两类资金",
)

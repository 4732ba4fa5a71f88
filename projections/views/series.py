"""Series (月度、年度序列): what moved in each month or year by value date, and the balance at its end."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, select

from ledger.identity import FUND_NAMES
from projections.views.flows import OF_BOOKS, fen, of_books
from projections.views.view import Asked, Column, Filter, View


def _months(asked: Asked) -> Select[Any]:
    return _series(asked, "YYYY-MM")


def _years(asked: Asked) -> Select[Any]:
    return _series(asked, "YYYY")


def _series(asked: Asked, pattern: str) -> Select[Any]:
    moved = of_books(asked, pattern).subquery("moved")
    flow = moved.c
    book = (flow.county, flow.fund)

    def end(amount: Any, name: str) -> Any:
        running = func.sum(amount).over(partition_by=book, order_by=flow.period, rows=(None, 0))
        return cast(running, BigInteger).label(name)

    return select(
        *book,
        flow.period,
        fen(flow.deposits + flow.growth, "collected"),
        *(flow[name] for name in ("deposits", "growth", "withdrawn", "refunded", "other")),
        end(flow.balance, "balance"),
        end(flow.balance - flow.on_units, "undistributed"),
    )


_AT_END: Final = (
    Column("balance", "期末余额", "money"),
    Column("undistributed", "其中未分配", "money"),
)
_NOTE: Final = "按记账日所属的期间；没有发生额的期间没有行，余额与上一行相同"


def _view(name: str, title: str, heading: str, select_: Any) -> View:
    return View(
        name=name,
        title=title,
        columns=(
            Column("county", "区县", "county"),
            Column("fund", "资金类型", "text", terms=FUND_NAMES),
            Column("period", heading, "text"),
            *OF_BOOKS,
            *_AT_END,
        ),
        order=("county", "fund", "period"),
        select=select_,
        filters={
            "fund": Filter("资金类型", "text", terms=FUND_NAMES),
            "from": Filter(f"起始{heading}", "text", column="period", test=">="),
            "to": Filter(f"终止{heading}", "text", column="period", test="<="),
        },
        note=_NOTE,
    )


MONTHS: Final = _view("months", "月度序列", "月份", _months)

YEARS: Final = _view("years", "年度序列", "年份", _years)

"""Balances of books, counties and the whole prefecture (账套、区县、全州余额)."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, select

from ledger.identity import FUND_NAMES
from projections.views.flows import OF_BOOKS, fen, of_books
from projections.views.view import Asked, Column, Filter, View

_MONEY: Final = (
    *OF_BOOKS,
    Column("balance", "余额", "money", total=True),
    Column("undistributed", "其中未分配", "money", total=True),
)
_NAMES: Final = ("deposits", "growth", "withdrawn", "refunded", "other", "balance", "on_units")
_NOTE: Final = "归集=交存+增值；余额=归集+其他-使用-退款划转；未分配是尚未计入分户账的部分"


def _books(asked: Asked) -> Select[Any]:
    moved = of_books(asked).subquery("moved")
    return select(moved.c.county, moved.c.fund, *_figures(moved))


def _counties(asked: Asked) -> Select[Any]:
    moved = _of_fund(asked)
    return select(moved.c.county, *_sums(moved)).group_by(moved.c.county)


def _prefecture(asked: Asked) -> Select[Any]:
    moved = _of_fund(asked)
    return select(moved.c.fund, *_sums(moved)).group_by(moved.c.fund)


def _of_fund(asked: Asked) -> Any:
    wanted = of_books(asked)
    moved = wanted.subquery("moved")
    if "fund" in asked.filters:
        return select(moved).where(moved.c.fund == asked.filters["fund"]).subquery("of_fund")
    return moved


def _sums(moved: Any) -> list[Any]:
    return _labelled({name: cast(func.sum(moved.c[name]), BigInteger) for name in _NAMES})


def _figures(moved: Any) -> list[Any]:
    return _labelled({name: moved.c[name] for name in _NAMES})


def _labelled(figures: dict[str, Any]) -> list[Any]:
    return [
        fen(figures["deposits"] + figures["growth"], "collected"),
        *(
            fen(figures[name], name)
            for name in ("deposits", "growth", "withdrawn", "refunded", "other", "balance")
        ),
        fen(figures["balance"] - figures["on_units"], "undistributed"),
    ]


BOOKS: Final = View(
    name="books",
    title="账套余额",
    columns=(
        Column("county", "区县", "county"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        *_MONEY,
    ),
    order=("county", "fund"),
    select=_books,
    filters={"fund": Filter("资金类型", "text", terms=FUND_NAMES)},
    note=_NOTE,
)

COUNTIES: Final = View(
    name="counties",
    title="区县余额",
    columns=(Column("county", "区县", "county"), *_MONEY),
    order=("county",),
    select=_counties,
    filters={"fund": Filter("资金类型", "text", terms=FUND_NAMES)},
    note=_NOTE,
)

PREFECTURE: Final = View(
    name="prefecture",
    title="全州余额",
    columns=(Column("fund", "资金类型", "text", terms=FUND_NAMES), *_MONEY),
    order=("fund",),
    select=_prefecture,
    filters={"fund": Filter("资金类型", "text", terms=FUND_NAMES)},
    note=_NOTE,
)

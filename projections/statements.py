"""The statements of 财会〔2020〕7号: 会住维01表 资产负债表, 02表 收支表, 03表 净资产变动表.

Of a book, a county or the prefecture, for a month or a year, as known at a position. Every period counts as
closed at its end, whether somebody has closed it yet or not; what the invariants of the forms say is checked
on each build and stands in the answer.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection

from ledger import policy
from ledger.calendar import Period
from ledger.money import Fen, yuan
from ledger.policy.journal import FUND_ACCOUNTS, GAINS
from projections.balances import Balances, Wanted, before, everything, opening, within
from projections.checkpoints import position as reached
from projections.journal import Extent, journal_sums
from projections.scope import EXPENSE, INCOME, Scope, net_assets
from projections.statement_checks import Check, of_forms, of_tables


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a form: its name, indentation, and a figure in yuan for each column; null: none is due."""

    name: str
    level: int
    amounts: tuple[str | None, ...]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A statement: number (会住维01表), name, columns and lines."""

    number: str
    name: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


class Statements(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The three statements of one scope and period (单位：元).

    ``scope`` is a book (532301/commodity), a county or ``prefecture``; ``known_at`` what was asked,
    ``position`` what the answer knew; ``rules`` names the posting rules. ``balanced``: every check holds.
    """

    scope: str
    name: str
    period: str
    start: date
    end: date
    known_at: str | None
    position: str
    rules: str
    forms: tuple[Form, ...]
    checks: tuple[Check, ...]
    balanced: bool


def statements(
    connection: Connection, scope: Scope, period: Period, position: int | None = None
) -> Statements:
    """The statements of a month (年初至本月) or a year. The connection is READ COMMITTED."""
    known = reached(connection)
    cut = known if position is None else min(position, known)
    last = f"{period.last:%Y-%m}"
    sums = journal_sums(connection, Extent(cut, scope.counties, scope.fund, last=last))
    rules = policy.load().journal
    books = Balances(sums, rules)
    checks = (*of_forms(books, scope, period.last.year), *of_tables(connection, books, scope, cut, last))
    return Statements(
        scope=scope.code,
        name=scope.name,
        period=period.name,
        start=period.first,
        end=period.last,
        known_at=None if position is None else str(position),
        position=str(cut),
        rules=rules.version,
        forms=forms(books, scope, period),
        checks=checks,
        balanced=all(check.holds for check in checks),
    )


def forms(books: Balances, scope: Scope, period: Period) -> tuple[Form, ...]:
    """The three forms of a month or a year from sums that end with it."""
    year = period.last.year
    return _position(books, scope, year), _income(books, period), _changes(books, scope, year)


def _position(books: Balances, scope: Scope, year: int) -> Form:
    """会住维01表: openings are last year's closings, adjusted where earlier years were."""
    cuts = (opening(year), everything)

    def of(*accounts: str) -> tuple[Fen, ...]:
        return tuple(sum(books.at(account, cut) for account in accounts) for cut in cuts)

    funds = tuple(FUND_ACCOUNTS[fund] for fund in scope.funds)
    names = {"3001": "商品住宅", "3002": "已售公有住房"}
    parts = [
        (f"其中：{names[account]}" if index == 0 else names[account], of(account))
        for index, account in enumerate(funds)
    ]
    lines = [
        _line("一、资产", 0),
        _line("银行存款", 1, of("1001")),
        _line("国债投资", 1, of("1101")),
        _line("备用金", 1, of("1201")),
        _line("资产总计", 0, of("1001", "1101", "1201")),
        _line("二、负债", 0),
        _line("应付房屋灭失返还资金", 1, of("2001")),
        _line("负债合计", 0, of("2001")),
        _line("三、净资产", 0),
        _line("维修资金", 1, of(*funds)),
        *(_line(name, 2, amounts) for name, amounts in parts),
        _line("待分配累计收益", 1, of(GAINS)),
        _line("净资产合计", 0, of(*funds, GAINS)),
        _line("负债和净资产总计", 0, of("2001", *funds, GAINS)),
    ]
    return Form(number="会住维01表", name="资产负债表", columns=("年初余额", "期末余额"), lines=tuple(lines))


def _income(books: Balances, period: Period) -> Form:
    """会住维02表: a month beside the year so far, a year beside the one before it.

    Without any entry in the year before there is nothing to compare with: the first report year.
    """
    year = period.last.year
    month = f"{period.last:%Y-%m}"
    if period.kind == "month":
        columns: tuple[str, ...] = ("本月数", "本年累计数")
        cuts: tuple[Wanted | None, ...] = (lambda each: each.period == month, within(year))
    else:
        columns = ("本年数", "上年数")
        cuts = (within(year), within(year - 1) if books.has(within(year - 1)) else None)

    def of(accounts: Iterable[str]) -> tuple[Fen | None, ...]:
        numbers = tuple(accounts)
        return tuple(None if cut is None else sum(books.moved(each, cut) for each in numbers) for cut in cuts)

    incomes, expenses = of(INCOME), of(EXPENSE)
    difference = tuple(
        None if income is None or expense is None else income - expense
        for income, expense in zip(incomes, expenses, strict=True)
    )
    return Form(
        number="会住维02表",
        name="收支表",
        columns=columns,
        lines=(
            _line("一、本期收入", 0, incomes),
            *(_line(books.name(account), 1, of([account])) for account in INCOME),
            _line("二、本期支出", 0, expenses),
            *(_line(books.name(account), 1, of([account])) for account in EXPENSE),
            _line("三、本期收支差额", 0, difference),
        ),
    )


def _changes(books: Balances, scope: Scope, year: int) -> Form:
    """会住维03表: net assets by what changed them in the year, up to the end of the period."""
    accounts = net_assets(scope)

    def of(figure: Callable[[str], Fen]) -> tuple[Fen, ...]:
        amounts = tuple(figure(account) for account in accounts)
        return (*amounts, sum(amounts))

    earlier, adjusted = before(year), within(year, "adjustment")
    result = of(lambda account: books.closed_into(account, within(year)))
    distributed = of(lambda account: books.moved(account, within(year, "distribution")))
    transferred = of(lambda account: books.moved(account, within(year, "transfer")))
    changed = tuple(map(sum, zip(result, distributed, transferred, strict=True)))
    return Form(
        number="会住维03表",
        name="净资产变动表",
        columns=(*(books.name(account) for account in accounts), "净资产合计"),
        lines=(
            _line("一、上年年末余额", 0, of(lambda account: books.at(account, earlier))),
            _line(
                "二、以前年度调整（减少以“-”号填列）", 0, of(lambda account: books.moved(account, adjusted))
            ),
            _line("三、本年年初余额", 0, of(lambda account: books.at(account, opening(year)))),
            _line("四、本年变动金额（减少以“-”号填列）", 0, changed),
            _line("（一）本年收支差额", 1, result),
            _line("（二）本年分配累计收益", 1, distributed),
            _line("（三）本年划转", 1, transferred),
            _line("五、本年年末余额", 0, of(lambda account: books.at(account, everything))),
        ),
    )


def _line(name: str, level: int, amounts: Sequence[Fen | None] = ()) -> Line:
    return Line(
        name=name,
        level=level,
        amounts=tuple(None if amount is None else yuan(amount) for amount in amounts),
    )

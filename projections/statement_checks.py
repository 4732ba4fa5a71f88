"""The invariants of the statements (勾稽关系): what the forms say of each other, and of the read tables."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select

from ledger.money import Fen, yuan
from ledger.policy.journal import FUND_ACCOUNTS
from projections.balances import Balances, everything, of_month, opening, within
from projections.obligations import obligations
from projections.postings import postings
from projections.scope import ASSETS, EXPENSE, INCOME, Scope, net_assets
from projections.vouchers import vouchers


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """An invariant of the forms: what must equal what; amounts in yuan."""

    name: str
    left: str
    right: str

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.left == self.right


def of_forms(books: Balances, scope: Scope, year: int) -> Iterator[Check]:
    """What the forms say of each other."""
    accounts = net_assets(scope)
    of_year = within(year)
    for name, cut in (("年初", opening(year)), ("期末", everything)):
        assets = sum(books.at(account, cut) for account in ASSETS)
        others = sum(books.at(account, cut) for account in ("2001", *accounts))
        yield _check(f"01表{name}：资产总计 = 负债和净资产总计", assets, others)
    received, spent = (sum(books.moved(each, of_year) for each in group) for group in (INCOME, EXPENSE))
    months = sum(
        books.moved(each, of_month(year, month)) * sign
        for month in range(1, 13)
        for group, sign in ((INCOME, 1), (EXPENSE, -1))
        for each in group
    )
    yield _check("02表：各月收支差额之和 = 本年累计收支差额", months, received - spent)
    result = sum(books.closed_into(account, of_year) for account in accounts)
    yield _check("03表本年收支差额 = 02表本年累计收支差额", result, received - spent)
    distributed = sum(books.moved(account, within(year, "distribution")) for account in accounts)
    yield _check("03表：本年分配累计收益各列合计 = 0", distributed, 0)
    opened = sum(books.at(account, opening(year)) for account in accounts)
    moved = sum(books.moved(account, within(year, "transfer")) for account in accounts)
    closing = sum(books.at(account, everything) for account in accounts)
    yield _check("03表：年初余额 + 变动金额 = 年末余额", opened + result + distributed + moved, closing)
    debits, credits_ = books.sides()
    yield _check("各分录借方合计 = 贷方合计", debits, credits_)


def of_tables(connection: Connection, books: Balances, scope: Scope, cut: int, last: str) -> Iterator[Check]:
    """What the forms say of unit accounts, obligations and voucher numbers."""
    asked = [vouchers.c.position <= cut, vouchers.c.period <= last]
    if scope.county is not None:
        asked.append(vouchers.c.county == scope.county)
    if scope.fund is not None:
        asked.append(vouchers.c.fund == scope.fund)
    for fund in scope.funds:
        entry = postings.c
        held = _sum(
            connection, postings, entry.principal_fen + entry.interest_fen, *asked, entry.fund == fund
        )
        account = FUND_ACCOUNTS[fund]
        name = f"Σ 分户账 = {account} {books.name(account)}"
        yield _check(name, held, books.at(account, everything))
    owed = _sum(connection, obligations, obligations.c.amount_fen, *asked)
    yield _check(f"Σ 应付返还明细 = 2001 {books.name('2001')}", owed, books.at("2001", everything))
    booked = and_(vouchers.c.position == postings.c.position, vouchers.c.fund == postings.c.fund)
    astray = (
        select(func.count()).select_from(postings).where(postings.c.position <= cut, ~exists().where(booked))
    )
    if scope.county is not None:
        astray = astray.where(postings.c.county == scope.county)
    if scope.fund is not None:
        astray = astray.where(postings.c.fund == scope.fund)
    unbooked = connection.execute(astray).scalar_one()
    yield Check(name="没有凭证的分户账分录笔数 = 0", left=str(unbooked), right="0")
    counted = (
        select(func.count().label("held"), func.max(vouchers.c.number).label("highest"))
        .where(*asked)
        .group_by(vouchers.c.county, vouchers.c.fund, vouchers.c.period)
        .subquery()
    )
    held, highest = connection.execute(
        select(func.coalesce(func.sum(counted.c.held), 0), func.coalesce(func.sum(counted.c.highest), 0))
    ).one()
    yield Check(
        name="凭证张数 = 各月最大凭证编号之和（编号连续）", left=str(int(held)), right=str(int(highest))
    )


def _sum(
    connection: Connection, table: Table, amount: ColumnElement[int], *asked: ColumnElement[bool]
) -> Fen:
    """The sum of entries whose vouchers are asked for."""
    voucher = and_(vouchers.c.position == table.c.position, vouchers.c.fund == table.c.fund)
    wanted = select(func.coalesce(func.sum(amount), 0)).select_from(table.join(vouchers, voucher))
    return int(connection.execute(wanted.where(*asked, vouchers.c.kind == "entry")).scalar_one())


def _check(name: str, left: Fen, right: Fen) -> Check:
    return Check(name=name, left=yuan(left), right=yuan(right))

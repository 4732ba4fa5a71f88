"""The journal (记账凭证) and the balances of its accounts (科目余额表) as lists."""

from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, cast, literal, select

from ledger import policy
from ledger.calendar import parse_period
from ledger.errors import InputError
from ledger.identity import FUND_NAMES, PART_NAMES
from projections.accounts import accounts
from projections.journal import Extent, journal_query, trial_query
from projections.unit_facts import unit_facts
from projections.views.units import ACCOUNT, same
from projections.views.view import Asked, Column, Filter, View

_ACCOUNTS: Final = {account.number: account.name for account in policy.load().journal.chart}


def _extent(asked: Asked) -> Extent:
    """Raises InputError ``period-invalid``, ``as-of-unsupported``."""
    if asked.as_of is not None:
        raise InputError(
            "as-of-unsupported", "凭证按会计期间查询：用 from 和 through 给出起止月份，不用截止记账日"
        )
    first, last = (_month(asked.filters.get(name)) for name in ("from", "through"))
    counties = None if asked.counties is None else tuple(asked.counties)
    return Extent(asked.cut, counties, asked.filters.get("fund"), first, last)


def _month(text: str | None) -> str | None:
    if text is None:
        return None
    period = parse_period(text)
    if period.kind != "month":
        raise InputError("period-invalid", f"“{text}”应为月份，写作 2019-12")
    return period.name


def _journal(asked: Asked) -> Select[Any]:
    line = journal_query(_extent(asked)).c
    own = {
        "account_name": line.account,
        "debit": line.debit_fen,
        "credit": line.credit_fen,
        "event": line.stream + literal("@") + cast(line.version, line.stream.type),
        "owner": _owner(line),
        "seller": _seller(line),
    }
    names = [column.name for column in _LINE]
    return select(*((own[name] if name in own else line[name]).label(name) for name in names))


def _owner(line: Any) -> ScalarSelect[Any]:
    """Whose the unit was in the ledger when the voucher was recorded."""
    fact = unit_facts.c
    return (
        select(fact.owner_ref)
        .where(
            line.part == "owner",
            same(fact, line),
            fact.kind.in_(("registered", "opened", "owner")),
            fact.position <= line.position,
        )
        .order_by(fact.position.desc())
        .limit(1)
        .scalar_subquery()
    )


def _seller(line: Any) -> ScalarSelect[Any]:
    """The selling unit, which no correction changes."""
    account = accounts.c
    return select(account.seller).where(line.part == "seller", same(account, line, ACCOUNT)).scalar_subquery()


def _trial(asked: Asked) -> Select[Any]:
    """Months that nobody has closed count as closed, as in the statements: no income is carried forward."""
    row = trial_query(_extent(asked)._replace(pro_forma=True)).c
    return select(
        row.county,
        row.fund,
        row.account,
        row.account.label("account_name"),
        row.opening_fen.label("opening"),
        row.debit_fen.label("debit"),
        row.credit_fen.label("credit"),
        row.closing_fen.label("closing"),
    )


_LINE: Final = (
    Column("county", "区县", "county"),
    Column("fund", "资金类型", "text", terms=FUND_NAMES),
    Column("period", "会计期间", "text"),
    Column("number", "凭证编号", "count"),
    Column("line", "行号", "count"),
    Column("date", "凭证日期", "date"),
    Column("value_date", "记账日", "date"),
    Column("summary", "摘要", "text"),
    Column("account", "科目编号", "text"),
    Column("account_name", "科目名称", "text", terms=_ACCOUNTS),
    Column("debit", "借方", "money", total=True),
    Column("credit", "贷方", "money", total=True),
    Column("estate", "小区", "text"),
    Column("building", "楼幢编码", "text"),
    Column("unit", "户号", "text"),
    Column("part", "归属", "text", terms=PART_NAMES),
    Column("owner", "业主", "person"),
    Column("seller", "售房单位", "text"),
    Column("bank_account", "银行账号", "text"),
    Column("bank_ref", "银行流水号", "text"),
    Column("lot", "存单或债券", "text"),
    Column("event", "事件", "text"),
    Column("actor", "制单人", "text"),
    Column("papers", "附件数", "count"),
)

_PERIODS: Final = {
    "fund": Filter("资金类型", "text", terms=FUND_NAMES),
    "from": Filter("起始月份（2019-01）", "text"),
    "through": Filter("终止月份（2019-12）", "text"),
}

JOURNAL: Final = View(
    name="journal",
    title="记账凭证",
    columns=_LINE,
    order=("county", "fund", "period", "number", "line"),
    select=_journal,
    filters={
        **_PERIODS,
        "number": Filter("凭证编号", "count"),
        "account": Filter("科目编号", "text"),
        "building": Filter("楼幢编码", "text"),
        "unit": Filter("户号", "text"),
    },
    note="按财会〔2020〕7号科目的复式分录；编号按账套和月份连续，冲正为红字",
)

TRIAL_BALANCE: Final = View(
    name="trial-balance",
    title="科目余额表",
    columns=(
        Column("county", "区县", "county"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("account", "科目编号", "text"),
        Column("account_name", "科目名称", "text", terms=_ACCOUNTS),
        Column("opening", "期初余额（借正贷负）", "money", total=True),
        Column("debit", "借方发生", "money", total=True),
        Column("credit", "贷方发生", "money", total=True),
        Column("closing", "期末余额（借正贷负）", "money", total=True),
    ),
    order=("county", "fund", "account"),
    select=_trial,
    filters=_PERIODS,
    note="各账套各科目的期初、发生和期末，未结账的月份按已结转列示；合计的余额为零，借贷相等",
)

"""Register of bank statements (银行对账单): one row a movement of a bank account."""

from ledger.commands import RecordStatement
from ledger.events import Payee, StatementLine
from ledger.privacy import MASK, without_numbers
from ledger.registers.cells import BALANCE, CODE, DAY, FIGURE, TEXT
from ledger.registers.grouping import group
from ledger.registers.payees import is_person
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values

_COLUMNS = (
    Column("账号", "account", CODE, required=True, note="本方专户账号，文本格式"),
    Column("交易日期", "value_date", DAY, required=True),
    Column("银行流水号", "bank_ref", TEXT),
    Column("收入金额", "in_fen", BALANCE, note="元；收入、支出只填一项", blank=0),
    Column("支出金额", "out_fen", BALANCE, note="元；收入、支出只填一项", blank=0),
    Column("余额", "balance_fen", FIGURE, note="元；记账后余额"),
    Column("摘要", "summary", TEXT, note="不要填写个人信息"),
    Column("对方户名", "party", TEXT),
    Column("对方账号", "party_account", TEXT),
)


def _look_up(values: Values, desk: Desk) -> Found:
    """Counterparties that are persons, each known by name beside this account."""
    names = [name if name and is_person(name) else None for name in values["party"]]
    return {
        "party_ref": [
            Person(name, None, None, f"bank {account}") if name else None
            for name, account in zip(names, values["account"], strict=True)
        ],
        "party_account_ref": [
            desk.account_ref(account) if name and account else None
            for name, account in zip(names, values["party_account"], strict=True)
        ],
    }


def _batch(values: Values) -> Batch:
    """One command a day and account, in that order; its lines in row order."""
    days = group(zip(values["value_date"], values["account"], strict=True))
    ordered = sorted(days)
    commands = [
        RecordStatement(
            account=account,
            value_date=day,
            lines=tuple(_line(values, index) for index in days[day, account]),
        )
        for day, account in ordered
    ]
    return Batch(commands, [days[key] for key in ordered])


def _line(values: Values, index: int) -> StatementLine:
    return StatementLine(
        bank_ref=values["bank_ref"][index],
        in_fen=values["in_fen"][index],
        out_fen=values["out_fen"][index],
        balance_fen=values["balance_fen"][index],
        summary=_summary(values, index),
        counterparty=_counterparty(values, index),
    )


def _counterparty(values: Values, index: int) -> Payee | None:
    person = values["party_ref"][index]
    if person:
        return Payee(kind="person", party_ref=person, account_ref=values["party_account_ref"][index])
    name, account = values["party"][index], values["party_account"][index]
    return Payee(kind="firm", name=name, account=account) if name or account else None


def _summary(values: Values, index: int) -> str | None:
    """The bank's words without the name of a person who paid or was paid, and without personal numbers."""
    words: str | None = values["summary"][index]
    if words is None:
        return None
    if values["party_ref"][index]:
        words = words.replace(values["party"][index], MASK)
    return without_numbers(words)


REGISTER = Register("bank-statement", "银行对账单", _COLUMNS, _look_up, _batch)

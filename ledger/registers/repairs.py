"""Register of repairs (维修使用): one row a payment, history only; the rows of a project repeat its facts."""

from collections.abc import Sequence
from typing import Any

from ledger.commands import RecordRepair, RepairPayment, VoteFigures
from ledger.events import Payee
from ledger.registers.cells import AMOUNT, AREA, CODE, CODES, COUNT, COUNTY, DAY, TEXT, WORDS, choice
from ledger.registers.grouping import agree, group
from ledger.registers.payees import is_person
from ledger.registers.problems import RowProblem
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values

_COLUMNS = (
    Column("项目编号", "project", CODE, required=True),
    Column("区县代码", "county", COUNTY, required=True, note="六位行政区划代码"),
    Column("小区编码", "estate", CODE),
    Column("楼幢编码", "buildings", CODES, required=True, note="多幢用分号分隔"),
    Column("维修部位", "object", TEXT, required=True),
    Column("维修内容", "content", WORDS, required=True),
    Column("应急", "emergency", choice({"是": True, "否": False}), required=True),
    Column("预算金额", "budget_fen", AMOUNT, note="元"),
    Column("申请日期", "applied_on", DAY),
    Column("表决日期", "voted_on", DAY),
    Column("应参与面积", "total_area_dm2", AREA, note="平方米"),
    Column("应参与户数", "total_households", COUNT),
    Column("参与面积", "present_area_dm2", AREA, note="平方米"),
    Column("参与户数", "present_households", COUNT),
    Column("同意面积", "agreed_area_dm2", AREA, note="平方米"),
    Column("同意户数", "agreed_households", COUNT),
    Column("公示日期", "noticed_on", DAY),
    Column("批准日期", "approved_on", DAY),
    Column("批准金额", "approved_fen", AMOUNT, note="元"),
    Column("收款单位", "payee", TEXT),
    Column("收款账号", "account", TEXT),
    Column(
        "付款阶段", "stage", choice({"首款": "first", "进度款": "progress", "尾款": "final"}), required=True
    ),
    Column("付款金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("付款日期", "paid_on", DAY, required=True),
    Column("银行流水号", "bank_ref", TEXT),
    Column("开工日期", "started_on", DAY),
    Column("验收日期", "accepted_on", DAY),
    Column("决算金额", "settled_fen", AMOUNT, note="元"),
    Column("发票号", "invoice_no", TEXT),
    Column("经办人", "handler", TEXT),
    Column("审批人", "approver", TEXT),
)
_OF_PAYMENT = (
    "project",
    "county",
    "payee",
    "account",
    "stage",
    "amount_fen",
    "paid_on",
    "bank_ref",
    "invoice_no",
)
_FACTS = tuple(column for column in _COLUMNS if column.field not in _OF_PAYMENT)
_PERSONS = {"handler_ref": "handler", "approver_ref": "approver"}


def _look_up(values: Values, desk: Desk) -> Found:
    """Handlers, approvers and persons that are paid, each known by name within the county."""
    counties = values["county"]

    def by_name(names: Sequence[str | None]) -> list[Person | None]:
        return [
            Person(name, None, None, county) if name else None
            for name, county in zip(names, counties, strict=True)
        ]

    paid = [name if name and is_person(name) else None for name in values["payee"]]
    looked_up: dict[str, Sequence[Any]] = {ref: by_name(values[name]) for ref, name in _PERSONS.items()}
    looked_up["payee_ref"] = by_name(paid)
    looked_up["account_ref"] = [
        desk.account_ref(account) if person and account else None
        for person, account in zip(paid, values["account"], strict=True)
    ]
    looked_up["estate_on_record"] = _estates_on_record(values, desk)
    return looked_up


def _estates_on_record(values: Values, desk: Desk) -> list[str]:
    """The estate of the first building, for rows that leave 小区编码 blank."""
    silent = {
        codes[0] for codes, estate in zip(values["buildings"], values["estate"], strict=True) if not estate
    }
    facts = {code: state.facts for code, state in desk.buildings(sorted(silent)).items() if state.facts}
    return [facts[codes[0]].estate if codes[0] in facts else "" for codes in values["buildings"]]


def _batch(values: Values) -> Batch:
    """One command a project, in the order of their first payments; payments in row order."""
    problems: list[RowProblem] = []
    projects = group(zip(values["county"], values["project"], strict=True))
    first_paid = {key: min(values["paid_on"][index] for index in rows) for key, rows in projects.items()}
    ordered = sorted(projects, key=lambda key: (first_paid[key], key))
    commands = []
    for county, project in ordered:
        rows = projects[county, project]
        facts = dict(agree(values, rows, _FACTS, "项目", problems))
        for ref, name in _PERSONS.items():
            del facts[name]
            facts[ref] = next(filter(None, (values[ref][index] for index in rows)), None)
        facts["estate"] = facts["estate"] or values["estate_on_record"][rows[0]]
        vote = VoteFigures(**{field: facts.pop(field) for field in VoteFigures.__struct_fields__})
        payments = tuple(_payment(values, index) for index in rows)
        commands.append(RecordRepair(project=project, county=county, vote=vote, payments=payments, **facts))
    return Batch(commands, [projects[key] for key in ordered], problems)


def _payment(values: Values, index: int) -> RepairPayment:
    return RepairPayment(
        stage=values["stage"][index],
        amount_fen=values["amount_fen"][index],
        paid_on=values["paid_on"][index],
        payee=_payee(values, index),
        bank_ref=values["bank_ref"][index],
        invoice_no=values["invoice_no"][index],
    )


def _payee(values: Values, index: int) -> Payee | None:
    person = values["payee_ref"][index]
    if person:
        return Payee(kind="person", party_ref=person, account_ref=values["account_ref"][index])
    name, account = values["payee"][index], values["account"][index]
    return Payee(kind="firm", name=name, account=account) if name or account else None


REGISTER = Register("repairs", "维修使用", _COLUMNS, _look_up, _batch, history_only=True)

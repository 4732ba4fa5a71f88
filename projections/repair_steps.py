"""Repair projects (维修项目) over time: every step as recorded, so that they can be asked at any position."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table

from ledger.events import (
    EmergencyDeclared,
    Event,
    NoticePosted,
    PaymentReversed,
    RepairAccepted,
    RepairApproved,
    RepairClosed,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    RepairRefused,
    RepairReviewed,
    RepairSettled,
    RepairStarted,
    VoteCounted,
)
from ledger.identity import parse_event_id
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

SEPARATOR: Final = "；"
"""Between the buildings of a project; no code holds it."""

repair_steps = Table(
    "repair_steps",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("project", KEY, nullable=False, comment="项目编号"),
    Column("version", Integer, nullable=False, comment="of its event in the project's stream"),
    Column("step", KEY, nullable=False, comment="docs/tables.md has the steps"),
    Column("value_date", Date, nullable=False),
    Column("papers", Integer, nullable=False, comment="papers (附件) behind it"),
    Column("amount_fen", BigInteger, comment="of the step; negative: taken back"),
    Column("estate", KEY, comment="of a proposal (小区编码)"),
    Column("buildings", KEY, comment="of a proposal and a payment (楼幢编码，；分隔)"),
    Column("object", KEY, comment="of a proposal (维修部位)"),
    Column("object_code", KEY, comment="of a proposal: the part in the list of policy/repairs.toml"),
    Column("content", KEY, comment="of a proposal (维修内容)"),
    Column("emergency", Boolean, comment="of a proposal (应急)"),
    Column("applied_on", Date, comment="of a proposal (申请日期)"),
    Column("total_area_dm2", BigInteger, comment="of a vote (应参与面积)"),
    Column("total_households", BigInteger, comment="of a vote (应参与户数)"),
    Column("agreed_area_dm2", BigInteger, comment="of a vote (同意面积)"),
    Column("agreed_households", BigInteger, comment="of a vote (同意户数)"),
    Column("stage", KEY, comment="of a payment: first (首款), progress (进度款) or final (尾款)"),
    Column("cost_fen", BigInteger, comment="of a payment: the whole of it"),
    Column("developer_fen", BigInteger, comment="of a payment: the share of unsold units"),
    Column("raised_fen", BigInteger, comment="of a payment: what owners raise themselves (自筹)"),
    Column("payee", KEY, comment="of a payment to a firm (收款单位)"),
    Column("payee_account", KEY, comment="of a payment to a firm (收款账号)"),
    Column("payee_ref", KEY, comment="of a payment to a person (party ref)"),
    Column("bank_ref", KEY, comment="银行流水号"),
    Column("invoice_no", KEY, comment="发票号"),
    Column("of_version", Integer, comment="of what came back or is reversed: version it is about"),
    Index(None, "county", "project"),
    schema="read",
)

Said = dict[str, Any]


def _proposed(event: RepairProposed) -> Said:
    return {
        "step": "proposed",
        "amount_fen": event.budget_fen,
        "estate": event.estate,
        "buildings": SEPARATOR.join(event.buildings),
        "object": event.object,
        "object_code": event.object_code,
        "content": event.content,
        "emergency": event.emergency,
        "applied_on": event.applied_on,
    }


def _voted(event: VoteCounted) -> Said:
    return {
        "step": "voted",
        "total_area_dm2": event.total_area_dm2,
        "total_households": event.total_households,
        "agreed_area_dm2": event.agreed_area_dm2,
        "agreed_households": event.agreed_households,
    }


def _paid(event: RepairPaid) -> Said:
    payee = event.payee
    return {
        "step": "paid",
        "amount_fen": event.amount_fen,
        "buildings": SEPARATOR.join(event.buildings),
        "stage": event.stage,
        "cost_fen": event.amount_fen if event.cost_fen is None else event.cost_fen,
        "developer_fen": event.developer_fen,
        "raised_fen": sum(raised.amount_fen for raised in event.self_raised),
        "payee": payee and payee.name,
        "payee_account": payee and payee.account,
        "payee_ref": payee and payee.party_ref,
        "bank_ref": event.bank_ref,
        "invoice_no": event.invoice_no,
    }


def _returned(event: RepairMoneyReturned) -> Said:
    return {
        "step": "returned",
        "amount_fen": event.amount_fen,
        "bank_ref": event.bank_ref,
        "of_version": parse_event_id(event.payment)[1],
    }


def _reversed(event: PaymentReversed) -> Said:
    return {
        "step": "return-reversed" if event.returned else "payment-reversed",
        "amount_fen": event.amount_fen,
        "of_version": event.version,
    }


SAID: Final[dict[type[Event], Callable[[Any], Said]]] = {
    RepairProposed: _proposed,
    VoteCounted: _voted,
    NoticePosted: lambda event: {"step": "noticed-after" if event.after_the_fact else "noticed"},
    EmergencyDeclared: lambda _: {"step": "emergency"},
    RepairReviewed: lambda event: {"step": "reviewed" if event.passed else "handed-back"},
    RepairApproved: lambda event: {"step": "approved", "amount_fen": event.amount_fen},
    RepairRefused: lambda _: {"step": "refused"},
    RepairStarted: lambda _: {"step": "started"},
    RepairPaid: _paid,
    RepairMoneyReturned: _returned,
    PaymentReversed: _reversed,
    RepairAccepted: lambda _: {"step": "accepted"},
    RepairSettled: lambda event: {"step": "settled", "amount_fen": event.amount_fen},
    RepairClosed: lambda _: {"step": "closed"},
}
"""Every event of a project, and what its row says beside its place."""


class RepairSteps(Appended):
    """The read model of ``read.repair_steps``."""

    name = "repair_steps"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each step of a project."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(*SAID):
            _, county, project = stream.split("/")
            said = {
                "position": position,
                "county": county,
                "project": project,
                "version": version,
                "value_date": event.value_date,
                "papers": len(event.evidence),
                **SAID[type(event)](event),
            }
            rows.append(tuple(said.get(column.name) for column in repair_steps.columns))
        return rows

"""Rules of the money of a repair (维修付款), from the first payment to the close."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from ledger.building import State as Building
from ledger.commands import (
    AcceptRepair,
    CloseRepair,
    Command,
    PayRepair,
    ReturnRepairMoney,
    SettleRepair,
    Step,
)
from ledger.errors import Refusal
from ledger.events import (
    NoticePosted,
    RepairAccepted,
    RepairApproved,
    RepairClosed,
    RepairSettled,
    RepairStarted,
)
from ledger.identity import PART_NAMES
from ledger.money import yuan
from ledger.procedure import is_emergency
from ledger.repair import State
from ledger.rules.circumstances import Circumstances, Rule

_USE: Final = "165号令第22、23条"
_CUSTOM: Final = "内控口径"
_BEFORE_PAYMENT: Final = {
    "repair-proposed": "申请",
    "repair-emergency-declared": "应急认定",
    "repair-reviewed": "复核",
    "repair-approved": "批准",
}
"""Steps whose officer must not pay (不相容岗位), by topic."""


def approved_first(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A repair is paid (付款) after its approval and within it, emergencies too, art. 22–24."""
    if not isinstance(command, PayRepair):
        return
    approved = circumstances.repair.step(RepairApproved)
    if approved is None or approved.amount_fen is None:
        yield Refusal("repair-not-approved", "维修项目没有经批准的金额，不能付款", "project", None, _USE)
        return
    if command.paid_on < approved.value_date:
        message = f"付款日期 {command.paid_on} 早于批准日期 {approved.value_date}"
        yield Refusal("repair-not-approved", message, "paid_on", None, _USE)
    spent = circumstances.repair.cost_fen + command.amount_fen
    if spent > approved.amount_fen:
        message = f"累计付款 {yuan(spent)} 超过批准金额 {yuan(approved.amount_fen)}"
        yield Refusal("payment-exceeds-approved", message, "amount_fen", None, _USE)


def within_final_account(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Payments stay within the final account (决算) once it is fixed, and it covers what was paid."""
    settled = circumstances.repair.step(RepairSettled)
    paid = circumstances.repair.cost_fen
    if isinstance(command, PayRepair) and settled is not None:
        if paid + command.amount_fen > settled.amount_fen:
            message = f"累计付款 {yuan(paid + command.amount_fen)} 超过决算金额 {yuan(settled.amount_fen)}"
            yield Refusal("payment-exceeds-settled", message, "amount_fen", None, _USE)
    elif isinstance(command, SettleRepair) and command.settled_fen < paid:
        message = f"决算金额 {yuan(command.settled_fen)} 小于已付 {yuan(paid)}，应先由收款单位退回多付部分"
        yield Refusal("settled-below-paid", message, "settled_fen", None, _USE)


def paid_by_stage(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Before acceptance (验收) only part of the approved amount is paid, and no final payment (尾款)."""
    if not isinstance(command, PayRepair):
        return
    accepted = circumstances.repair.step(RepairAccepted)
    if accepted is not None and accepted.value_date <= command.paid_on:
        return
    if command.stage == "final":
        yield Refusal("final-before-acceptance", "工程没有验收，不能支付尾款", "stage", None, _CUSTOM)
    approved = circumstances.repair.step(RepairApproved)
    cap = circumstances.stage_cap
    if cap is None or approved is None or approved.amount_fen is None:
        return
    spent, most = circumstances.repair.cost_fen + command.amount_fen, cap.cap_fen(approved.amount_fen)
    if spent > most:
        message = (
            f"验收前累计付款 {yuan(spent)} 超过批准金额的 {cap.before_acceptance_percent}%（{yuan(most)}）"
        )
        yield Refusal("stage-cap", message, "amount_fen", None, cap.source)


def paid_to_firm(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Money goes to the repair firm (维修单位), no person, and always to the same account, art. 22."""
    if not isinstance(command, PayRepair):
        return
    payee = command.payee
    if payee is None or payee.kind != "firm" or not payee.name or not payee.account:
        message = "收款人应为维修单位，并写明单位名称和账号"
        yield Refusal("payee-not-firm", message, "payee", None, "165号令第22条")
        return
    for paid in circumstances.repair.payments.values():
        before = paid.payee
        if before is None or before.name != payee.name or before.account in (None, payee.account):
            continue
        message = f"“{payee.name}”的收款账号由 {before.account} 变为 {payee.account}"
        yield Refusal("payee-account-changed", message, "payee", None, _CUSTOM)
        return


def unsold_borne(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Units that nobody has bought (未售) are charged to their developer, art. 21, not to empty accounts.

    Such a unit has neither an owner on record nor money that ever came in. Leaving all of them out of a
    building changes nothing; where sold units are left out too, the scope was chosen by who benefits.
    """
    proposal = circumstances.repair.proposal
    if not isinstance(command, PayRepair) or proposal is None:
        return
    developer = () if proposal.developer is None else proposal.developer.units
    borne = {(each.building, each.unit) for each in developer}
    chosen = {(each.building, each.unit) for each in proposal.units}
    for code, state in circumstances.buildings.items():
        units = {(code, unit) for unit in state.areas}
        nobody = {place for place in units if _nobody(state, place[1])}
        left_out = units - chosen - borne if chosen else set()
        unsold = nobody - borne - (left_out if left_out - nobody else set())
        if unsold:
            shown = "、".join(sorted(unit for _, unit in unsold)[:5])
            message = f"楼幢“{code}”有 {len(unsold)} 户没有业主也没有交存（{shown}），应由开发建设单位分摊"
            yield Refusal("unsold-charged", message, "project", None, "165号令第21条")


def _nobody(state: Building, unit: str) -> bool:
    """Whether a unit has no owner on record, and neither part of its account a deposit or opening balance."""
    parts = (state.accounts.get((unit, part)) for part in PART_NAMES)
    paid_in = any(account.deposited_fen for account in parts if account is not None)
    return state.owner_ref(unit) is None and not paid_in


def payer_apart(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Who pays has neither proposed, reviewed nor approved (不相容岗位分离)."""
    if not isinstance(command, PayRepair):
        return
    done = [
        _BEFORE_PAYMENT[event.TOPIC]
        for event in circumstances.repair.steps.values()
        if event.TOPIC in _BEFORE_PAYMENT and event.actor == circumstances.actor
    ]
    if done:
        message = f"付款人已办理本项目的{'、'.join(done)}，应由他人付款"
        yield Refusal("payer-not-separate", message, None, None, f"不相容岗位分离，{_CUSTOM}")


def accepted_after_works(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Works are accepted (验收) after they began or were first paid."""
    if not isinstance(command, AcceptRepair):
        return
    begun = _begun(circumstances.repair)
    if begun is None:
        yield Refusal("works-not-begun", "项目没有开工或付款记录，不能验收", "accepted_on", None, _USE)
    elif command.accepted_on < begun:
        message = f"验收日期 {command.accepted_on} 早于开工或首次付款 {begun}"
        yield Refusal("acceptance-early", message, "accepted_on", None, _USE)


def _begun(state: State) -> date | None:
    started = state.step(RepairStarted)
    days = [*state.paid_on, *([] if started is None else [started.value_date])]
    return min(days, default=None)


def settled_after_acceptance(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """The final account (决算) follows the acceptance."""
    if not isinstance(command, SettleRepair):
        return
    accepted = circumstances.repair.step(RepairAccepted)
    if accepted is None:
        yield Refusal("not-accepted", "工程没有验收，不能决算", "settled_on", None, _USE)
    elif command.settled_on < accepted.value_date:
        message = f"决算日期 {command.settled_on} 早于验收日期 {accepted.value_date}"
        yield Refusal("settlement-early", message, "settled_on", None, _USE)


def closed_when_done(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A project is closed (办结) when accepted, settled and paid up, an emergency after its notice (公示)."""
    if not isinstance(command, CloseRepair):
        return
    state = circumstances.repair
    settled = state.step(RepairSettled)
    if state.step(RepairAccepted) is None:
        yield Refusal("not-accepted", "工程没有验收，不能办结", "closed_on", None, _USE)
    if settled is None:
        yield Refusal("not-settled", "工程没有决算，不能办结", "closed_on", None, _USE)
    elif state.cost_fen != settled.amount_fen:
        message = f"累计付款 {yuan(state.cost_fen)} 与决算金额 {yuan(settled.amount_fen)} 不一致"
        yield Refusal("not-paid-up", message, "closed_on", None, _USE)
    if is_emergency(state) and state.step(NoticePosted) is None:
        yield Refusal(
            "notice-missing", "应急维修没有事后公示，不能办结", "closed_on", None, "165号令第24、30条"
        )
    last = max([*state.paid_on, *(step.value_date for step in state.steps.values())], default=None)
    if last is not None and command.closed_on < last:
        message = f"办结日期 {command.closed_on} 早于最后一步 {last}"
        yield Refusal("close-early", message, "closed_on", None, _USE)


def nothing_after_close(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A closed project takes no further step and no payment; only money that comes back."""
    procedure = circumstances.procedure
    state = circumstances.repair if procedure is None else procedure.state
    closed = state.step(RepairClosed)
    if closed is not None and isinstance(command, PayRepair | AcceptRepair | SettleRepair | Step):
        message = f"项目已于 {closed.value_date} 办结"
        yield Refusal("repair-closed", message, "project", None, _CUSTOM)


def returned_within_payment(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """No more comes back (退回) of a payment than accounts still bear of it, and not before it was paid."""
    if not isinstance(command, ReturnRepairMoney):
        return
    if command.amount_fen > circumstances.left_fen:
        message = f"该笔付款只剩 {yuan(circumstances.left_fen)} 未退回，不能退回 {yuan(command.amount_fen)}"
        yield Refusal("return-exceeds-payment", message, "amount_fen", None, "财会〔2020〕7号（维修支出）")
    paid = circumstances.repair.payment(command.payment)
    if paid is not None and command.returned_on < paid.value_date:
        message = f"退回日期 {command.returned_on} 早于付款日期 {paid.value_date}"
        yield Refusal("return-early", message, "returned_on", None, "财会〔2020〕7号（维修支出）")


RULES: Final[tuple[Rule, ...]] = (
    nothing_after_close,
    approved_first,
    within_final_account,
    paid_by_stage,
    paid_to_firm,
    unsold_borne,
    payer_apart,
    accepted_after_works,
    settled_after_acceptance,
    closed_when_done,
    returned_within_payment,
)

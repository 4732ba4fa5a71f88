"""Rules of how money rests and grows: bonds as art. 26 allows them, nothing else, no office costs."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import BuyBond, Command, RecordInvestment, RecordOtherExpense, RedeemBond
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule
from ledger.terms import LOT_NAMES

_BONDS: Final = "165号令第26条"


def bond_newly_issued(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Bonds (国债) are bought newly issued, through the channels of the policy, art. 26."""
    if not isinstance(command, BuyBond) or circumstances.treasury is None:
        return
    rule = circumstances.treasury.bond_rule(command.bought_on)
    if rule is None:
        return
    if command.channel not in rule.channels:
        message = "国债应通过银行间债券市场或商业银行柜台在一级市场购买"
        yield Refusal("bond-channel", message, "channel", None, _BONDS)
    first, last = command.issue_from, command.issue_to
    if first is None or last is None or not first <= command.bought_on <= last:
        days = f"{first or '未填'} 至 {last or '未填'}"
        message = f"只能购买新发行的国债：{command.bought_on} 不在发行期（{days}）内"
        yield Refusal("bond-not-new", message, "bought_on", None, _BONDS)


def bond_agreed(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Owners' money needs the consent of their assembly or of two thirds, the selling unit's that of finance.

    The consent (同意) is dated no later than the purchase, art. 26.
    """
    if not isinstance(command, BuyBond) or circumstances.treasury is None:
        return
    if circumstances.treasury.bond_rule(command.bought_on) is None:
        return
    consent = command.consent
    if consent is None or not consent.document_no.strip():
        yield Refusal("consent-missing", "购买国债没有同意文件", "consent", None, _BONDS)
        return
    if (consent.kind == "finance") != (command.part == "seller"):
        message = "业主的资金应经业主大会或三分之二业主同意，售房单位的资金应经同级财政部门同意"
        yield Refusal("consent-kind", message, "consent", None, _BONDS)
    if consent.on > command.bought_on:
        message = f"同意日期 {consent.on} 晚于购买日期 {command.bought_on}"
        yield Refusal("consent-late", message, "consent", None, _BONDS)


def bond_held(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Bonds are held to maturity (持有到期), art. 26."""
    if not isinstance(command, RedeemBond):
        return
    matures_on = circumstances.invested.lots[command.lot].matures_on
    if matures_on is not None and command.redeemed_on < matures_on:
        message = f"国债应持有到期，“{command.lot}”于 {matures_on} 到期"
        yield Refusal("bond-early", message, "redeemed_on", None, _BONDS)


def nothing_else(_: Circumstances, command: Command) -> Iterator[Refusal]:
    """No repo, no pledge, no entrusted finance (回购、质押、委托理财), art. 26; history may tell."""
    if isinstance(command, RecordInvestment):
        message = f"维修资金不得用于{LOT_NAMES[command.kind]}"
        yield Refusal("investment-forbidden", message, "kind", None, _BONDS)


def expense_of_fund(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Only the kinds of other expense that the policy names: office costs are not the fund's."""
    if not isinstance(command, RecordOtherExpense) or circumstances.treasury is None:
        return
    rule = circumstances.treasury.expense_rule(command.paid_on)
    if rule is not None and command.kind not in rule.kinds:
        message = f"“{command.kind}”不属于可由维修资金列支的其他支出"
        yield Refusal("expense-kind", message, "kind", None, "165号令第2、27条")


RULES: Final[tuple[Rule, ...]] = (
    bond_newly_issued,
    bond_agreed,
    bond_held,
    nothing_else,
    expense_of_fund,
)
"""Every rule of this room."""

"""Rules of what may be proposed (申请使用): common parts only, out of warranty, owed by nobody else."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import Command, ProposeRepair
from ledger.errors import Refusal
from ledger.events import Liable
from ledger.rules.circumstances import Circumstances, Rule

_EXCLUDED: Final[dict[Liable, tuple[str, str]]] = {
    "builder": ("依法应由建设、施工单位承担", "165号令第25条第（一）项"),
    "supplier": ("依法应由供水、供电、供气、供热、通信、有线电视等单位承担", "165号令第25条第（二）项"),
    "damage": ("应由造成损坏的当事人承担", "165号令第25条第（三）项"),
    "manager": ("按物业服务合同应由物业服务企业承担", "165号令第25条第（四）项"),
}


def common_object(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """The object is a common part or facility of the list, art. 2 and 3, and there is a budget."""
    standing = circumstances.procedure
    if not isinstance(command, ProposeRepair) or standing is None:
        return
    if standing.policy.repairs.named(command.object) is None:
        message = f"维修部位“{command.object}”不在共用部位、共用设施设备目录内"
        yield Refusal("object-unlisted", message, "object", None, "165号令第2、3条")
    if command.budget_fen is None:
        yield Refusal("budget-missing", "没有填写预算金额", "budget_fen", None, "165号令第22条")


def nobody_else_pays(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Four kinds of costs are never paid from the fund, art. 25."""
    if not isinstance(command, ProposeRepair) or circumstances.procedure is None or command.liable == "none":
        return
    who, basis = _EXCLUDED[command.liable]
    yield Refusal("liable-elsewhere", f"费用{who}，不得从维修资金列支", "liable", None, basis)


def out_of_warranty(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Works on a part begin to be proposed when its warranty (保修期) is over, art. 2 and 25 (1)."""
    standing = circumstances.procedure
    if not isinstance(command, ProposeRepair) or standing is None:
        return
    rules = standing.policy.repairs
    known = rules.named(command.object)
    for name, state in standing.scope.items():
        if state.facts is None:
            continue
        ends = [("房屋", state.facts.warranty_until)]
        if known is not None and state.facts.completed_on is not None:
            warranty = rules.warranty(known.warranty, state.facts.completed_on)
            if warranty is not None:
                ends.append((warranty.name, warranty.until(state.facts.completed_on)))
        for part, until in ends:
            if until is not None and command.applied_on < until:
                message = f"楼幢“{name}”{part}的保修期至 {until}，申请日期 {command.applied_on} 仍在保修期内"
                yield Refusal("warranty-runs", message, "applied_on", None, "165号令第2、25条第（一）项")


def one_estate(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """The buildings of a project lie in one estate (小区), and a developer has a name and unsold units."""
    standing = circumstances.procedure
    if not isinstance(command, ProposeRepair) or standing is None:
        return
    estates = {state.facts.estate for state in standing.scope.values() if state.facts is not None}
    if len(estates) > 1:
        message = f"楼幢分属小区 {'、'.join(sorted(estates))}，一个项目只能在一个小区内"
        yield Refusal("estates-several", message, "buildings", None, "165号令第19、20条")
    if command.developer is None:
        return
    if not command.developer.name.strip() or not command.developer.units:
        yield Refusal("developer-missing", "没有填写开发建设单位或其未售房屋", "developer", None, _UNSOLD)


_UNSOLD: Final = "165号令第21条"

RULES: Final[tuple[Rule, ...]] = (common_object, nobody_else_pays, out_of_warranty, one_estate)

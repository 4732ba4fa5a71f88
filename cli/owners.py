"""``fund owner``: the owners of a unit as one may see them, and the erasing of a person."""

from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from api.problems import Failed, problem
from api.security import demand_county
from cli import output
from cli.arguments import Json
from cli.desk import holder, open_desk
from cli.rights import recorder
from ledger.identity import code
from ledger.privacy import refuse_numbers

if TYPE_CHECKING:
    from ledger.application import Application
    from ledger.commands import Recording

app = typer.Typer(no_args_is_help=True, help="业主：历任业主、删除个人信息")


@app.command("show")
def show(
    building: Annotated[str, typer.Argument(metavar="BUILDING", help="楼幢编码")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="户号")],
    json: Json = False,
) -> None:
    """一户的历任业主；姓名、证件号码和电话按 FUND_TOKEN 的角色脱敏，没有令牌则全部脱敏。"""
    from api.persons import owners

    building, unit = code(building, "楼幢编码"), code(unit, "户号")
    with open_desk() as desk:
        who = holder(desk)
        if who is not None:
            for state in desk.application.buildings([building]).values():
                if state.facts is not None:
                    demand_county(who, state.facts.county)
        found = owners(desk.application, desk.parties, building, unit, who and who.role)
    if json:
        output.document(found)
        return
    rows = [
        [each.since, each.name, each.id_number, each.phone, each.deed_no, each.ref] for each in found.owners
    ]
    headers = ["自", "姓名", "证件号码", "联系电话", "产权证号", "当事人"]
    output.table(f"楼幢 {building} 户 {unit} 的业主", headers, rows)


@app.command("erase")
def erase(
    ref: Annotated[str, typer.Argument(metavar="REF", help="当事人编号，见 fund owner show")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="依据，如业主申请的文号")],
    json: Json = False,
) -> None:
    """删除一位当事人的姓名、证件号码和电话；账本只有编号，余额和证明不变。删除后无法恢复。"""
    from ledger.commands import Recording

    reason = refuse_numbers(reason, "依据")
    with open_desk() as desk:
        who = recorder(desk, "admin", [])
        if not desk.parties.exists(ref):
            raise Failed(problem("party-unknown", "没有找到", f"没有编号为 {ref} 的当事人", 404))
        recording = Recording(actor=who)
        position = erase_person(desk.application, desk.parties, ref, reason, recording)
        desk.catch_up()
    if json:
        output.document({"ref": ref, "position": str(position) if position else None})
    else:
        output.line(f"当事人 {ref} 的个人信息已删除")


class Erasing(Protocol):
    """What erasing needs of the register of persons."""

    def erase(self, ref: str) -> bool:
        """Erase a person; False where nothing was left to erase."""
        ...


def erase_person(
    application: "Application", parties: Erasing, ref: str, reason: str, recording: "Recording"
) -> int:
    """Record the erasing (删除个人信息), then erase; returns its position, 0 where it was on record.

    Recorded before and perhaps interrupted then: what is on record is carried out. Raises Refused.
    """
    from ledger.commands import ErasePerson
    from ledger.errors import Refused

    try:
        position = application.execute([ErasePerson(party=ref, reason=reason)], recording).position
    except Refused as refused:
        if not (refused.refusals[0].code == "already-erased" and parties.erase(ref)):
            raise
        return 0
    parties.erase(ref)
    return position

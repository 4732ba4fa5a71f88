"""Register of deposits (交存明细)."""

from itertools import compress

from ledger.commands import CollectDeposit
from ledger.events import DepositLine
from ledger.registers.cells import AMOUNT, CODE, DAY, TEXT, choice
from ledger.registers.grouping import group
from ledger.registers.specification import Batch, Column, Desk, Found, Person, Register, Values

PARTS = choice({"业主": "owner", "售房单位": "seller"})
_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("户号", "unit", CODE, required=True),
    Column("资金归属", "part", PARTS, note="空白为业主", blank="owner"),
    Column("交存类型", "kind", choice({"首期": "first", "续交": "top-up", "补交": "make-up"}), required=True),
    Column("交存金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("入账日期", "value_date", DAY, required=True),
    Column("票据号", "receipt_no", TEXT),
    Column("银行流水号", "bank_ref", TEXT),
    Column("收款账号", "account", TEXT),
    Column("交款人", "payer", TEXT),
)


def _look_up(values: Values, desk: Desk) -> Found:
    """A payer (交款人) of the owner's name is the owner; anyone else is known by name within the county."""
    names = values["payer"]
    if not any(names):
        return {"payer_ref": names}
    paid_for = list(dict.fromkeys(compress(values["building"], names)))
    buildings = desk.buildings(paid_for)
    counties = {}
    owners: dict[tuple[str, str], str | None] = {}
    for code, state in buildings.items():
        counties[code] = state.facts.county if state.facts else ""
        for number, line in state.units.items():
            owners[code, number] = line.owner_ref
    refs = [
        owners.get(key) if name else None
        for key, name in zip(zip(values["building"], values["unit"], strict=True), names, strict=True)
    ]
    payers: list[str | Person | None] = []
    for building, name, ref, is_owner in zip(
        values["building"], names, refs, desk.names_match(refs, names), strict=True
    ):
        if not name:
            payers.append(None)
        elif is_owner:
            payers.append(ref)
        else:
            payers.append(Person(name, None, None, counties.get(building, "")))
    return {"payer_ref": payers}


def _batch(values: Values) -> Batch:
    """One command a day, building and kind of deposit, in that order; its lines in row order."""
    days = group(zip(values["value_date"], values["building"], values["kind"], strict=True))
    lines = [
        DepositLine(
            unit=unit,
            part=part,
            amount_fen=amount_fen,
            receipt_no=receipt_no,
            bank_ref=bank_ref,
            account=account,
            payer_ref=payer_ref,
        )
        for unit, part, amount_fen, receipt_no, bank_ref, account, payer_ref in zip(
            values["unit"],
            values["part"],
            values["amount_fen"],
            values["receipt_no"],
            values["bank_ref"],
            values["account"],
            values["payer_ref"],
            strict=True,
        )
    ]
    ordered = sorted(days)
    commands = [
        CollectDeposit(
            building=building,
            kind=kind,
            value_date=day,
            lines=tuple(map(lines.__getitem__, days[day, building, kind])),
        )
        for day, building, kind in ordered
    ]
    return Batch(commands, [days[key] for key in ordered])


REGISTER = Register("deposits", "交存明细", _COLUMNS, _look_up, _batch)

"""Other income (其他收入) of a building: it tops up the owners' accounts (转入滚存), art. 27."""

from collections.abc import Iterator
from datetime import date

from ledger.building import State, closed, unknown
from ledger.commands import CreditIncome
from ledger.errors import Refusal
from ledger.events import IncomeCredited, IncomeLine
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.sharing import share
from ledger.stamp import Stamp


def decide_income(state: State, command: CreditIncome, stamp: Stamp, today: date) -> tuple[IncomeCredited]:
    """Credit the income to the owner account of its unit, or of all units by area (建筑面积).

    Raises Refused ``date-future``, ``amount-not-positive``, ``amount-too-large``, ``building-unknown``,
    ``unit-unknown``, ``unit-closed``, ``units-missing``.
    """
    refuse_any(_refusals(state, command, today))
    areas = {unit: area for unit, area in state.areas.items() if command.unit in (None, unit)}
    lines = tuple(
        IncomeLine(unit=unit, amount_fen=amount_fen)
        for unit, amount_fen in share(command.amount_fen, areas).items()
        if amount_fen
    )
    return (
        IncomeCredited(
            **stamp,
            value_date=command.value_date,
            category=command.category,
            unit=command.unit,
            bank_ref=command.bank_ref,
            note=command.note,
            lines=lines,
        ),
    )


def _refusals(state: State, command: CreditIncome, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.value_date, today, "value_date", term="到账日期")
    yield amount_refusal(command.amount_fen, "amount_fen")
    if state.facts is None:
        yield unknown(command.building)
    elif not state.units:
        yield Refusal("units-missing", f"楼幢“{command.building}”没有登记任何户，无从分摊", "building")
    elif command.unit is not None and command.unit not in state.units:
        yield Refusal("unit-unknown", f"楼幢“{command.building}”没有登记户“{command.unit}”", "unit")
    elif command.unit is not None and command.unit in state.closed:
        yield closed(state, command.unit)

"""The deposit of a whole building in one payment (整幢代交): each unit gets exactly what it owes. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from ledger import receipts
from ledger.building import State, account_refusal, unknown
from ledger.commands import CollectBulk, CollectDeposit
from ledger.dues import Decisions, due_fen
from ledger.errors import Refusal
from ledger.events import DepositLine
from ledger.limits import amount_refusal, refuse_any
from ledger.money import Fen, yuan
from ledger.policy import Policy

BASIS = "165号令第7、12条"


def deposit_of(state: State, found: Decisions, policy: Policy, command: CollectBulk) -> CollectDeposit:
    """The deposit with a line a unit, in the order of unit numbers.

    A unit that has paid in anything, or is exempt on the day, is left out where no units are named. Raises
    Refused, in history too, for there is no other way to know the lines: ``building-unknown``,
    ``unit-unknown``, ``unit-twice``, ``unit-paid``, ``unit-exempt``, ``due-unknown``, ``units-missing``,
    ``amount-not-positive``, ``amount-too-large``, ``bulk-total`` (with both sums), ``range-invalid``.
    """
    units = sorted(command.units or _open_units(state, found, command.value_date))
    refuse_any(_unit_refusals(state, found, command))
    dues = {unit: due_fen(state, found, policy, unit, command.value_date) for unit in units}
    refuse_any(_without_due(dues))
    known = {unit: due for unit, due in dues.items() if due is not None}
    refuse_any(_total_refusals(known, command))
    numbers = _numbers(command.receipt_no, len(units))
    return CollectDeposit(
        building=command.building,
        kind=command.kind,
        value_date=command.value_date,
        lines=tuple(
            DepositLine(
                unit=unit,
                amount_fen=due,
                receipt_no=number,
                bank_ref=command.bank_ref,
                account=command.account,
                payer_ref=command.payer_ref,
            )
            for (unit, due), number in zip(known.items(), numbers, strict=True)
        ),
    )


def _open_units(state: State, found: Decisions, on: date) -> Iterator[str]:
    for unit in state.units:
        if account_refusal(state, "", unit, "owner", None) is None and not (
            _has_paid(found, unit) or found.is_exempt(unit, on)
        ):
            yield unit


def _has_paid(found: Decisions, unit: str) -> bool:
    return found.paid_in.get((unit, "owner"), 0) > 0


def _unit_refusals(state: State, found: Decisions, command: CollectBulk) -> Iterator[Refusal | None]:
    yield amount_refusal(command.total_fen, "total_fen")
    if state.facts is None:
        yield unknown(command.building)
        return
    for index, unit in enumerate(command.units):
        strange = account_refusal(state, command.building, unit, "owner", index)
        yield strange
        if unit in command.units[:index]:
            yield Refusal("unit-twice", f"户“{unit}”重复", "units", index)
        elif strange is None and _has_paid(found, unit):
            yield Refusal("unit-paid", f"户“{unit}”已经交存，不再计收", "units", index, BASIS)
        elif strange is None and found.is_exempt(unit, command.value_date):
            yield Refusal("unit-exempt", f"户“{unit}”免交", "units", index, "165号令第6条")


def _without_due(dues: dict[str, Fen | None]) -> Iterator[Refusal]:
    if not dues:
        yield Refusal("units-missing", "没有应交而未交的户", "units")
    for index, (unit, due) in enumerate(dues.items()):
        if due is None:
            message = f"户“{unit}”没有适用的交存标准，应先核定应交金额"
            yield Refusal("due-unknown", message, "units", index, "165号令第7、8条")


def _total_refusals(dues: dict[str, Fen], command: CollectBulk) -> Iterator[Refusal]:
    total = sum(dues.values())
    if total != command.total_fen:
        message = f"合计金额 {yuan(command.total_fen)} 元，{len(dues)} 户应交合计 {yuan(total)} 元"
        yield Refusal("bulk-total", message, "total_fen", None, BASIS)


def _numbers(first: str | None, count: int) -> Sequence[str | None]:
    """As many receipt numbers from the first on; raises Refused ``range-invalid``."""
    if first is None:
        return [None] * count
    run = receipts.run_of(first, count)
    if run is None:
        refuse_any([Refusal("range-invalid", f"票据起始号“{first}”之后不足 {count} 个号码", "receipt_no")])
        return []
    return list(run.numbers())

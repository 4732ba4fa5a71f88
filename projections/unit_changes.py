"""What changes accounts of units (户) beside money: facts corrected, accounts closed, frozen and released."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, Text, bindparam, cast, func, literal, update

from ledger.events import Event, UnitFrozen, UnitLine, UnitReleased, UnitsChanged

Unit = tuple[str, str]
"""Building and unit."""

CHANGING: Final[frozenset[type[Event]]] = frozenset({UnitsChanged, UnitFrozen, UnitReleased})
"""The events that ``UnitChanges`` takes in."""

ORDERS: Final = "；"
"""Between the orders that freeze one account; the number of an order never has it."""


def new_units(event: UnitsChanged) -> Sequence[UnitLine]:
    """The units that a split or merger opens."""
    before = {line.unit for line in event.before}
    return [line for line in event.after if line.unit not in before]


@dataclass(slots=True)
class UnitChanges:
    """Facts by unit as corrected last, positions at which units closed, and orders in their sequence."""

    corrected: dict[Unit, UnitLine] = field(default_factory=dict)
    closed: dict[Unit, int] = field(default_factory=dict)
    orders: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def take(self, building: str, position: int, event: Event) -> None:
        """Take in one event of a building."""
        match event:
            case UnitsChanged():
                after = {line.unit: line for line in event.after}
                for line in event.before:
                    if line.unit in after:
                        self.corrected[building, line.unit] = after[line.unit]
                    else:
                        self.closed[building, line.unit] = position
            case UnitFrozen():
                self.orders.append((building, event.unit, event.order_no, True))
            case UnitReleased():
                self.orders.append((building, event.unit, event.order_no, False))

    def merge(self, later: "UnitChanges") -> None:
        """Take in what followed."""
        self.corrected |= later.corrected
        self.closed |= later.closed
        self.orders += later.orders

    def frozen(self) -> dict[Unit, str]:
        """The orders that hold the account of each unit, of accounts that were free before."""
        held: dict[Unit, list[str]] = {}
        for building, unit, order, holds in self.orders:
            orders = held.setdefault((building, unit), [])
            if holds:
                orders.append(order)
            elif order in orders:
                orders.remove(order)
        return {unit: ORDERS.join(orders) for unit, orders in held.items() if orders}

    def without(self, units: Collection[Unit]) -> "UnitChanges":
        """The changes of all other units."""
        return UnitChanges(
            {unit: line for unit, line in self.corrected.items() if unit not in units},
            {unit: at for unit, at in self.closed.items() if unit not in units},
            [order for order in self.orders if order[:2] not in units],
        )

    def write(self, connection: Connection, table: Table) -> None:
        """Change the accounts that are in the table."""
        account = table.c
        of_unit = update(table).where(
            account.building == bindparam("b_building"), account.unit == bindparam("b_unit")
        )
        corrections = [
            {**_of(unit), "b_usage": line.usage, "b_area": line.area_dm2, "b_realty": line.realty_no}
            for unit, line in self.corrected.items()
        ]
        corrected = of_unit.values(
            usage=bindparam("b_usage"), area_dm2=bindparam("b_area"), realty_no=bindparam("b_realty")
        )
        _each(connection, corrected, corrections)
        closings = [{**_of(unit), "b_at": at} for unit, at in self.closed.items()]
        _each(connection, of_unit.values(closed=True, closed_position=bindparam("b_at")), closings)
        of_owner = of_unit.where(account.part == "owner")
        for building, unit, order, holds in self.orders:
            said = cast(literal(order), Text)
            left = func.array_remove(func.string_to_array(account.frozen, ORDERS), said)
            frozen = (
                func.concat_ws(ORDERS, account.frozen, said)
                if holds
                else func.nullif(func.array_to_string(left, ORDERS), "")
            )
            connection.execute(of_owner.values(frozen=frozen), _of((building, unit)))


def _of(unit: Unit) -> dict[str, Any]:
    return {"b_building": unit[0], "b_unit": unit[1]}


def _each(connection: Connection, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        connection.execute(statement, row)

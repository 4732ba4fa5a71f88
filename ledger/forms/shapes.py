"""From the struct of a command to its form, and back: the ending of a field's name says how people write it.

``amount_fen`` is ``amount`` in yuan, ``area_dm2`` is ``area`` in m², ``rate_bp`` is ``rate`` in percent, and
``owner_ref`` is ``owner``, a person. Where a name without its ending is taken, ``_person`` is added.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import AfterValidator, Field, create_model

from ledger.events import Payee
from ledger.forms.values import (
    MAX_LINES,
    Body,
    Code,
    Count,
    Day,
    Digest,
    Flag,
    Paid,
    Party,
    Percent,
    SquareMetres,
    Text,
    Words,
    Yuan,
)
from ledger.registers.payees import is_person

Naming = Callable[[Any, Mapping[str, Any]], Any]
"""What becomes of a ``Someone`` or a ``Paid`` that stands beside the given items."""

_ENDINGS: Final[Mapping[str, Any]] = {
    "_fen": Yuan,
    "_dm2": SquareMetres,
    "_bp": Percent,
    "_ref": Party,
}
_PLAIN: Final = frozenset({"bank_ref"})
"""Fields that end like others and are text all the same: a bank's reference (银行流水号)."""

_LEAVES: Final[Mapping[Any, Any]] = {str: Text, int: Count, bool: Flag, date: Day}
_PROSE: Final = frozenset(
    {"basis", "content", "description", "document", "name", "note"}
    | {"opinion", "place", "purpose", "reason", "summary"}
)
"""Fields in which people write words of their own: no place for the numbers of persons."""
_CODES: Final = frozenset({"building", "buildings", "unit", "estate", "project", "lot"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form: the field it fills, its key, and how its value becomes the field's."""

    field: str
    key: str
    made: Callable[[Any, Naming, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of one struct: the model that checks it, and the items that fill the struct."""

    kind: type[msgspec.Struct]
    model: type[Body]
    items: tuple[Item, ...]

    def struct(self, form: Body, naming: Naming, around: Mapping[str, Any]) -> Any:
        """The struct of a checked form; ``around`` holds the items of the forms it is part of."""
        beside = {**around, **{item.key: getattr(form, item.key) for item in self.items}}
        return self.kind(
            **{item.field: item.made(getattr(form, item.key), naming, beside) for item in self.items}
        )


@cache
def shape(kind: type[msgspec.Struct]) -> Shape:
    """The form of a struct; raises TypeError for a field that no form can hold."""
    hints = get_type_hints(kind)
    keys = _keys([field.name for field in msgspec.structs.fields(kind)])
    items, columns = [], {}
    for field in msgspec.structs.fields(kind):
        written, made = _read(field.name, hints[field.name])
        items.append(Item(field.name, keys[field.name], made))
        if f"{field.name}_person" in keys.values():
            written = _firm(written)
        columns[keys[field.name]] = (written, ... if field.required else field.default)
    model = create_model(kind.__name__, __base__=Body, __doc__=kind.__doc__, **columns)  # type: ignore[call-overload]  # the columns are made here
    return Shape(kind, model, tuple(items))


def _keys(fields: list[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for field in fields:
        ending = _ending(field) or ""
        key = field.removesuffix(ending) if ending else field
        keys[field] = f"{key}_person" if ending and key in fields else key
    return keys


def _ending(field: str) -> str | None:
    return None if field in _PLAIN else next((each for each in _ENDINGS if field.endswith(each)), None)


def _read(name: str, hint: Any) -> tuple[Any, Callable[[Any, Naming, Mapping[str, Any]], Any]]:
    """How people write a field of a type, and how what they wrote becomes its value."""
    if get_origin(hint) in (Union, UnionType):
        [inner] = [part for part in get_args(hint) if part is not NoneType]
        written, made = _read(name, inner)
        return written | None, lambda value, *rest: None if value is None else made(value, *rest)
    if get_origin(hint) is tuple:
        written, made = _read(name, get_args(hint)[0])
        many: Any = list
        return Annotated[many[written], Field(max_length=MAX_LINES)], lambda values, *rest: tuple(
            made(value, *rest) for value in values
        )
    if hint is Payee:
        return Paid, lambda paid, naming, beside: naming(paid, beside)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return shape(hint).model, shape(hint).struct
    if get_origin(hint) is Literal:
        return hint, _as_written
    ending = _ending(name)
    if ending == "_ref":
        return Party, lambda someone, naming, beside: naming(someone, beside)
    if ending is not None:
        return _ENDINGS[ending], _as_written
    if hint is str and name in _CODES:
        return Code, _as_written
    if hint is str and name in _PROSE:
        return Words, _as_written
    if name == "sha256":
        return Digest, _as_written
    if hint in _LEAVES:
        return _LEAVES[hint], _as_written
    raise TypeError(f"no form can hold {name}: {hint}")


def _firm(written: Any) -> Any:
    """A name beside which a person has a place of their own: it goes into events, so it is a firm's."""

    def check(name: str | None) -> str | None:
        if name is not None and is_person(name):
            raise ValueError("像是人名，请填在“…_person”一项")
        return name

    return Annotated[written, AfterValidator(check)]


def _as_written(value: Any, _naming: Naming, _beside: Mapping[str, Any]) -> Any:
    return value

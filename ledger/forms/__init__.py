"""Forms (单据): every live command as a JSON document that people and programs can write.

The form of a command is made from its struct, so that a new command has one at once. ``check`` reads a
document, ``command`` names its persons by their refs; what is refused is told by ``ledger.application``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import create_model

from ledger.application import Application
from ledger.commands import Command, ErasePerson, RecordRepair, StartDemonstration, UndoImport, name_of
from ledger.events import Evidence
from ledger.forms.names import Names
from ledger.forms.shapes import Shape, shape
from ledger.forms.values import Body
from ledger.handlers import HANDLERS
from ledger.policy import Policy
from ledger.registers.people import OfficeDesk, Parties

_OTHERWISE: Final = (ErasePerson, RecordRepair, StartDemonstration, UndoImport)
"""Commands that come in another way: by registers, or from the command line alone."""


_TERM: Final = re.compile(r"\(([\u4e00-\u9fff、]+)\)")


class Form(NamedTuple):
    """The form of one kind of command: its name and Chinese term, and the model that checks it."""

    name: str
    title: str
    kind: type[Command]
    shape: Shape
    model: type[Body]


class Written(NamedTuple):
    """A form that was filled in: the command and the papers behind it."""

    command: Command
    evidence: tuple[Evidence, ...]


def _form(kind: type[Command]) -> Form:
    made = shape(kind)
    papers: Any = list
    evidence: Any = (papers[shape(Evidence).model], [])
    model = create_model(f"{kind.__name__}Form", __base__=made.model, __doc__=kind.__doc__, evidence=evidence)
    term = _TERM.search(kind.__doc__ or "")
    if term is None:
        raise TypeError(f"{kind.__name__} does not say its Chinese term")
    return Form(name_of(kind), term[1], kind, made, model)


FORMS: Final[Mapping[str, Form]] = {
    form.name: form for form in (_form(kind) for kind in HANDLERS if kind not in _OTHERWISE)
}
"""Every form by its name."""


def written(
    form: Form,
    filled: Body,
    application: Application,
    parties: Parties,
    county: str,
    *,
    tentative: bool = False,
) -> Written:
    """The command of a checked form; persons are looked up, and those not known yet registered.

    ``county`` is one the form is about, empty where it is about none. What is ``tentative`` is only judged:
    nobody is registered, and stand-ins take the place of persons not known yet.
    """
    names = Names(OfficeDesk(application, parties), parties, county)
    form.shape.struct(filled, names.meet, {})
    if tentative:
        names.suppose()
    else:
        names.register()
    paper = shape(Evidence)
    papers = tuple(paper.struct(each, names.ref, {}) for each in getattr(filled, "evidence", ()))
    return Written(form.shape.struct(filled, names.ref, {}), papers)


def counties_of(filled: Body, application: Application, policy: Policy) -> list[str]:
    """Every county a form touches, by its code today; none where none can be told from it.

    Raises InputError ``county-unknown``.
    """
    # A tuple that is left out stays a tuple; the model would have it a list and warn.
    named = list(_named(filled.model_dump(warnings=False)))
    codes = sorted({code for kind, code in named if kind == "building"})
    states = application.buildings(codes).values()
    found = {state.facts.county for state in states if state.facts is not None}
    return sorted(found | {policy.county(code).code for kind, code in named if kind == "county"})


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """The counties and buildings that a form names anywhere, also by the stream of an event."""
    if isinstance(value, dict):
        for key, held in value.items():
            if key in ("county", "building") and isinstance(held, str):
                yield key, held
            elif key == "buildings" and isinstance(held, list):
                yield from (("building", code) for code in held if isinstance(code, str))
            elif key == "stream" and isinstance(held, str):
                room, _, rest = held.partition("/")
                if room == "building":
                    yield "building", rest
                elif room in ("book", "repair"):
                    yield "county", rest.partition("/")[0]
            yield from _named(held)
    elif isinstance(value, list):
        for held in value:
            yield from _named(held)

"""Forms (单据): every live command as a JSON document that people and programs can write.

The form of a command is made from its struct, so that a new command has one at once. ``check`` reads a
document, ``command`` names its persons by their refs; what is refused is told by ``ledger.application``.
"""

import re
from collections.abc import Mapping
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


def written(form: Form, filled: Body, application: Application, parties: Parties, county: str) -> Written:
    """The command of a checked form; persons are looked up, and those not known yet registered.

    ``county`` is the one the form is about, empty where it is about none.
    """
    names = Names(OfficeDesk(application, parties), parties, county)
    form.shape.struct(filled, names.meet, {})
    names.register()
    paper = shape(Evidence)
    papers = tuple(paper.struct(each, names.ref, {}) for each in getattr(filled, "evidence", ()))
    return Written(form.shape.struct(filled, names.ref, {}), papers)


def county_of(filled: Body, application: Application, policy: Policy) -> str | None:
    """The county a form is about, by its code today; None where none can be told from it.

    Raises InputError ``county-unknown``.
    """
    county = getattr(filled, "county", None) or _county_of_stream(getattr(filled, "stream", ""))
    if county is not None:
        return policy.county(county).code
    for building in _buildings(filled):
        found = application.buildings([building]).get(building)
        if found is not None and found.facts is not None:
            return found.facts.county
    return None


def _buildings(filled: Body) -> list[str]:
    named: Any = getattr(filled, "building", None)
    if named is None and (stream := getattr(filled, "stream", "")).startswith("building/"):
        named = stream.removeprefix("building/")
    return [named] if named is not None else list(getattr(filled, "buildings", ()))


def _county_of_stream(stream: str) -> str | None:
    room, _, rest = stream.partition("/")
    return rest.partition("/")[0] if room in ("book", "repair") and rest else None

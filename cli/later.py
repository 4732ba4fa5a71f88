"""The documents of the demonstration's later years (2020 年以来), carried out one after the other.

Each is a request with a key of its own, so that whoever carries them out again adds nothing.
"""

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from api.problems import Failed, problem
from cli.owners import Erasing, erase_person
from ledger.application import Application
from ledger.commands import AccrueRates, Command, Recording, ReverseEntry, UndoImport
from ledger.errors import Refused
from ledger.forms import FORMS, counties_of, written
from ledger.identity import parse_book, parse_event_id
from ledger.policy import Policy
from ledger.registers import import_files
from ledger.registers.people import Parties

KEY = "demo-later-"


class Persons(Parties, Erasing, Protocol):
    """The register of persons, as registers and erasing need it."""


class Teller:
    """Carries the documents of a file out; events of named documents are known to those after them."""

    def __init__(self, application: Application, parties: Persons, policy: Policy, actor: str) -> None:
        self._application = application
        self._parties = parties
        self._policy = policy
        self._actor = actor
        self._events: dict[str, str] = {}

    def tell(self, path: Path) -> None:
        """Carry out every document not carried out before; raises Refused, Failed."""
        for index, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            document: dict[str, Any] = json.loads(line)
            recording = Recording(
                actor=self._actor,
                origin="history" if document.get("history", True) else "live",
                key=f"{KEY}{index}",
                digest=sha256(line.encode()).digest(),
            )
            done = self._application.repeated(recording)
            events = done.events if done else self._carried_out(document, recording, path.parent)
            if called := document.get("called"):
                # A payment is the event of its project; those of the buildings follow from it.
                of_project = (event for event in events if event.startswith("repair/"))
                self._events[called] = next(of_project, events[0])

    def _carried_out(self, document: dict[str, Any], recording: Recording, place: Path) -> Sequence[str]:
        match document:
            case {"form": name, "body": body}:
                return self._recorded(name, body, recording, refused=document.get("refused", False))
            case {"reverse": called, "reason": reason}:
                stream, version = parse_event_id(self._events[called])
                return self._executed(ReverseEntry(stream=stream, version=version, reason=reason), recording)
            case {"import": kind, "file": name, "undo": undo}:
                return self._imported(kind, place / name, recording, undo=undo)
            case {"erase": {"building": building, "unit": unit}, "reason": reason}:
                ref = self._application.holders(building, unit)[0].owner_ref
                if ref is not None:
                    erase_person(self._application, self._parties, ref, reason, recording)
            case {"distribute": book, "through": through}:
                self._application.distribute(*parse_book(book), date.fromisoformat(through), recording)
            case {"accrue": book, "on": on, "bank": bank}:
                county, fund = parse_book(book)
                settled_on = date.fromisoformat(on)
                command = AccrueRates(county=county, fund=fund, settled_on=settled_on, bank=bank)
                self._application.accrue(command, recording)
            case _:
                raise Failed(problem("document-unknown", "演示数据有误", f"没有这种单据：{document}", 422))
        return ()

    def _recorded(self, name: str, body: Any, recording: Recording, *, refused: bool) -> Sequence[str]:
        """A form as ``fund record`` carries it out; one that is to be refused must be."""
        form = FORMS[name]
        filled = form.model.model_validate(self._named(body))
        counties = counties_of(filled, self._application, self._policy)
        command, _ = written(form, filled, self._application, self._parties, next(iter(counties), ""))
        if not refused:
            return self._executed(command, recording)
        try:
            self._executed(command, recording)
        except Refused:
            return ()
        raise Failed(problem("not-refused", "演示数据有误", f"单据 {name} 应被拒绝，却已入账", 422))

    def _named(self, value: Any) -> Any:
        """The value with the ids of events in place of their names."""
        match value:
            case dict():
                return {key: self._named(held) for key, held in value.items()}
            case str() if value.startswith("@"):
                return self._events[value[1:]]
            case _:
                return value

    def _executed(self, command: Command, recording: Recording) -> Sequence[str]:
        return self._application.execute([command], recording).events

    def _imported(self, kind: str, path: Path, recording: Recording, *, undo: bool) -> Sequence[str]:
        """A register as ``fund import`` takes it in; with ``undo`` it goes back at once.

        The import bears the key of its document, so that an undo that was interrupted is made up for.
        """
        done = import_files(
            kind,
            [path],
            application=self._application,
            parties=self._parties,
            history=True,
            dry_run=False,
            actor=self._actor,
            import_id=recording.key,
        )
        if done.problems:
            first = done.problems[0]
            detail = f"{path.name} 第 {first.row} 行：{first.message}"
            raise Failed(problem(first.code, "演示数据导入失败", detail, 422))
        return self._executed(UndoImport(import_id=done.import_id), recording) if undo else ()

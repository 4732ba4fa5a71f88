"""What is told of the years after 2019 (后来的事): documents in order, and what the audit should find."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.county import Case
from demo.prefecture import Place


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it happens: an estate of the first county, its management by code, and what the county holds.

    ``accounts`` are the designated ones by fund kind; ``public_fen`` is what the book of sold public housing
    held a year before the last of these documents.
    """

    place: Place
    estate: str
    estate_name: str
    management: str
    accounts: dict[str, str]
    public_fen: int


@dataclass(slots=True)
class Story:
    """Documents in the order in which they are carried out, each a line; and the cases among them."""

    ground: Ground
    directory: Path
    seed: int
    documents: list[dict[str, Any]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def record(self, form: str, *, called: str | None = None, live: bool = False, **body: Any) -> None:
        """A form of ``fund record``; ``called`` is what later documents call its event, after an ``@``.

        A ``live`` one is there to be refused: the past is recorded as history.
        """
        document: dict[str, Any] = {"form": form, "body": body, "history": not live}
        if live:
            document["refused"] = True
        self.documents.append({"called": called, **document} if called else document)

    def reverse(self, called: str, reason: str) -> None:
        """Reverse (冲正) the event of an earlier document, whole."""
        self.documents.append({"reverse": called, "reason": reason})

    def register(
        self, kind: str, header: str, rows: list[list[str]], *, part: str = "", undo: bool = False
    ) -> None:
        """A register (登记表) as a file of its own, imported as history, and perhaps undone (撤销导入)."""
        path = self.directory / f"later-{kind}{part}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(), *rows])
        self.documents.append({"import": kind, "file": path.name, "undo": undo})

    def tell(self, **document: Any) -> None:
        """Any other document."""
        self.documents.append(document)

    def plant(
        self,
        rule: str,
        note: str,
        *,
        building: str | None = None,
        unit: str | None = None,
        project: str | None = None,
        estate: bool = True,
    ) -> None:
        """Note what the audit should find; its subject lies in the estate, or is the county itself."""
        ground = self.ground
        where = ground.estate if estate else None
        self.cases.append(Case(rule, ground.place.code, where, building, unit, project, note))

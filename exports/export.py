"""An export (导出): what a format is, what it may read, and what was asked for."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from ledger.identity import Fund
from ledger.policy import Policy
from ledger.store.feed import Source as Log
from projections.journal import Extent


class Asked(NamedTuple):
    """What is wanted: everything up to a position of the log; of a county, a fund kind, some months, or all.

    ``first`` and ``last`` are months such as ``2019-01``, both included.
    """

    position: int
    county: str | None = None
    fund: Fund | None = None
    first: str | None = None
    last: str | None = None

    @property
    def book(self) -> str | None:
        """The book (账套), where one is wanted."""
        return None if self.county is None or self.fund is None else f"{self.county}/{self.fund}"

    @property
    def journal(self) -> Extent:
        """The journal that is wanted, from its first month: earlier ones give the openings."""
        counties = None if self.county is None else (self.county,)
        return Extent(self.position, counties, self.fund, last=self.last, pro_forma=True)


@dataclass(frozen=True)
class Source:
    """What an export reads. The connection is READ COMMITTED: a format cuts by the position asked for."""

    connection: Connection
    log: Log
    policy: Policy


class Format(Protocol):
    """A form (格式) that the books can be had in: a name for commands, a Chinese title."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...

    def write(self, folder: Path, source: Source, asked: Asked) -> None:
        """Write the files into an empty folder.

        Only what was asked, the log up to its position, and the dated rules may show in them: the same
        question gives the same bytes. Raises InputError where the format cannot answer it.
        """
        ...


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every plain file below a folder by its name there, sorted."""
    return iter(sorted((name, path) for name, path in _found(folder) if _is_plain(path)))


def others(folder: Path) -> list[str]:
    """What is neither a plain file nor a folder there, by name: a link may lead elsewhere tomorrow."""
    return sorted(name for name, path in _found(folder) if not _is_plain(path) and not _is_folder(path))


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    return ((_name(path.relative_to(folder)), path) for path in folder.rglob("*"))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _name(path: Path) -> str:
    """The name as text, also where its bytes are none."""
    return os.fsencode(path.as_posix()).decode(errors="replace")

"""The manifest (导出清单) beside the files of an export: where in the log it was made, what each file is."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
import polars

from audit.checkpoint import Signer, covering, sealed_events
from audit.seal import SealBroken
from exports.export import Asked, Source, files
from ledger import __version__
from ledger.calendar import parse_period
from ledger.errors import InputError
from ledger.identity import parse_book
from ledger.policy import load

NAME: Final = "manifest.json"
_LONGEST_POSITION: Final = 19
_LONGEST: Final = 1 << 26
"""Bytes of a manifest: hundreds of thousands of files."""


class File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file by its name in the folder, its length and its hash."""

    name: str
    bytes: int
    sha256: str


class Manifest(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"first": "from"}
):
    """What an export is: format, position (as known at), what was asked, the rules it was made by.

    ``events`` are those of the log up to the position, whatever was asked. ``checkpoint`` is the signed head
    that covers them, ``verifier`` the public key that its signature is checked with.
    """

    format: str
    position: str
    events: int
    county: str | None
    book: str | None
    first: str | None
    through: str | None
    rules: str
    program: str
    verifier: str
    checkpoint: str
    files: tuple[File, ...]

    @property
    def asked(self) -> Asked:
        """The question that the export answers; raises InputError ``manifest-invalid``."""
        digits = self.position.isascii() and self.position.isdigit()
        if not digits or len(self.position) > _LONGEST_POSITION:
            raise InputError("manifest-invalid", f"导出清单中的“{self.position[:40]}”不是日志位置")
        try:
            county, fund = (self.county, None) if self.book is None else parse_book(self.book)
            if county is not None:
                load().county(county)
            months = [_month(text) for text in (self.first, self.through)]
        except InputError as error:
            raise InputError("manifest-invalid", f"导出清单 {NAME} 有误：{error.message[:200]}") from error
        return Asked(int(self.position), county, fund, *months)


def _month(text: str | None) -> str | None:
    if text is None or ((period := parse_period(text)).kind == "month" and period.name == text):
        return text
    raise InputError("period-invalid", f"“{text}”不是月份")


def manifest(name: str, folder: Path, source: Source, asked: Asked, signer: Signer) -> Manifest:
    """The manifest of the files in a folder; raises SealBroken where no head covers the position."""
    head = covering(source.connection, asked.position)
    if head is None:
        raise SealBroken(f"no head covers position {asked.position}")
    return Manifest(
        format=name,
        position=str(asked.position),
        events=sealed_events(source.connection, asked.position),
        county=asked.county,
        book=asked.book,
        first=asked.first,
        through=asked.last,
        rules=source.policy.journal.version,
        program=f"fund-ledger {__version__}, polars {polars.__version__}",
        verifier=signer.verifier,
        checkpoint=signer.sign(head),
        files=tuple(described(folder)),
    )


def described(folder: Path) -> list[File]:
    """The files of an export as they lie in a folder, without its manifest."""
    found = []
    for name, path in files(folder):
        if name == NAME:
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append(File(name=name, bytes=path.stat().st_size, sha256=digest))
    return found


def write(folder: Path, made: Manifest) -> None:
    """Put the manifest into its folder."""
    (folder / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")


def read(path: Path) -> Manifest:
    """The manifest in a folder; raises InputError ``manifest-missing`` or ``manifest-invalid``."""
    if not (path / NAME).is_file():
        raise InputError("manifest-missing", f"“{path}”中没有导出清单 {NAME}")
    if (path / NAME).stat().st_size > _LONGEST:
        raise InputError("manifest-invalid", f"导出清单 {NAME} 超过 {_LONGEST:,} 字节")
    try:
        found = msgspec.json.decode((path / NAME).read_bytes(), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError("manifest-invalid", f"导出清单 {NAME} 无法读懂") from error
    if len({file.name for file in found.files}) < len(found.files):
        raise InputError("manifest-invalid", f"导出清单 {NAME} 中有文件写了两次")
    return found

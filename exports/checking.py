"""Checking an export (核对): its files, its checkpoint, and the same export made again."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from audit.checkpoint import Signer, opened, root_at
from audit.seal import SealBroken
from exports import manifest
from exports.export import Format, Source, files, others
from exports.making import fill
from exports.manifest import Manifest, described
from ledger.errors import InputError

_MAY_DIFFER: Final = {"rules", "program", "files"}
"""What another version of the program may say otherwise of the same bytes."""


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with an export; ``line`` is the first that differs, of a text file."""

    kind: str
    message: str
    file: str | None = None
    line: int | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How a check ended: everything wrong with the export, if anything is."""

    ok: bool
    format: str
    position: str
    events: int
    files: int
    problems: tuple[Difference, ...]


def check(path: Path, form: Format, source: Source, signer: Signer, reached: int) -> Checked:
    """Check the export in a folder, or beside a manifest, against the ledger as read up to ``reached``.

    Raises InputError where there is no manifest, none that can be read, or that of another format.
    """
    folder = path.parent if path.name == manifest.NAME else path
    given = manifest.read(folder)
    asked = given.asked
    if given.format != form.name:
        raise InputError("format-other", f"“{path}”是 {given.format[:40]} 格式的导出，不是 {form.name}")
    problems = [*_files(folder, given), *_checkpoint(given, source, signer)]
    if asked.position > reached:
        message = f"本账本只到位置 {reached}，没有导出时的位置 {given.position}"
        problems.append(Difference(kind="position-beyond", message=message))
    else:
        problems += _again(folder, given, form, source, signer)
    return Checked(
        ok=not problems,
        format=given.format,
        position=given.position,
        events=given.events,
        files=len(given.files),
        problems=tuple(problems),
    )


def _files(folder: Path, given: Manifest) -> Iterator[Difference]:
    """Every file is there as the manifest describes it, and no other."""
    listed = {file.name: file for file in given.files}
    found = {file.name: file for file in described(folder)}
    for name in sorted(listed.keys() - found.keys()):
        yield Difference(kind="file-missing", file=name, message=f"缺少文件 {name}")
    for name in sorted(found.keys() - listed.keys()):
        yield Difference(kind="file-extra", file=name, message=f"清单之外的文件 {name}")
    for name in others(folder):
        yield Difference(kind="file-extra", file=name, message=f"{name} 是链接或特殊文件，不是导出的文件")
    for name in sorted(listed.keys() & found.keys()):
        if listed[name] != found[name]:
            message = f"文件 {name} 与清单的长度或哈希不符，被改动"
            yield Difference(kind="file-changed", file=name, message=message)


def _checkpoint(given: Manifest, source: Source, signer: Signer) -> Iterator[Difference]:
    """The checkpoint is signed by this ledger, and the log still has its root."""
    try:
        said = opened(given.checkpoint, signer.verifier)
    except InputError as error:
        yield Difference(kind=error.code, message=error.message)
        return
    root = root_at(source.log, said.size)
    if root is None:
        message = f"封存凭证有 {said.size} 个事件，账本中没有这么多，事件被删除"
        yield Difference(kind="log-shorter", message=message)
    elif root != said.root:
        message = f"账本前 {said.size} 个事件的根哈希与封存凭证不同，账本被改动"
        yield Difference(kind="log-changed", message=message)


def _again(
    folder: Path, given: Manifest, form: Format, source: Source, signer: Signer
) -> Iterator[Difference]:
    """The same question gives the same bytes again."""
    with TemporaryDirectory() as place:
        again = Path(place)
        try:
            made = fill(form, again, source, given.asked, signer)
        except SealBroken:
            message = f"位置 {given.position} 没有封存，请运行 fund audit verify"
            yield Difference(kind="seal-broken", message=message)
            return
        for name in given.__struct_fields__:
            if name not in _MAY_DIFFER and getattr(given, name) != getattr(made, name):
                message = f"清单的 {name} 与重新导出的不同"
                yield Difference(kind="manifest-different", file=manifest.NAME, message=message)
        why = "；".join(
            f"{title}不同（导出时 {ours}，现在 {theirs}）"
            for title, ours, theirs in (
                ("记账规则版本", given.rules, made.rules),
                ("程序版本", given.program, made.program),
            )
            if ours != theirs
        )
        there, here = dict(files(folder)), dict(files(again))
        for name in sorted((there.keys() | here.keys()) - {manifest.NAME}):
            yield from _differs(name, there.get(name), here.get(name), why)


def _differs(name: str, there: Path | None, here: Path | None, why: str) -> Iterator[Difference]:
    after = f"；{why}" if why else ""
    if there is None or here is None:
        message = f"重新导出{'没有' if here is None else '多出'}文件 {name}{after}"
        yield Difference(kind="export-different", file=name, message=message)
        return
    with there.open("rb") as one, here.open("rb") as other:
        for number, (left, right) in enumerate(zip_longest(one, other), 1):
            if left != right:
                text = b"\0" not in (left or b"") + (right or b"")
                where = f"第 {number} 行起" if text else ""
                yield Difference(
                    kind="export-different",
                    file=name,
                    line=number if text else None,
                    message=f"文件 {name} {where}与重新导出的不同{after}",
                )
                return

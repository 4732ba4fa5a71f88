"""Making an export: into a folder beside the target first, so that nothing half-written is taken for one."""

import secrets
import shutil
from pathlib import Path

from audit.checkpoint import Signer
from exports import manifest
from exports.export import Asked, Format, Source
from exports.manifest import Manifest
from ledger.errors import InputError


def make(form: Format, target: Path, source: Source, asked: Asked, signer: Signer) -> Manifest:
    """Write an export with its manifest into a folder that is new or empty.

    Raises InputError ``target-not-empty``, or what the format raises; then nothing is left behind.
    """
    place = target.resolve()
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise InputError("target-not-empty", f"“{target}”已存在且不是空文件夹")
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.parent / f".{place.name}.{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        made = fill(form, draft, source, asked, signer)
        draft.rename(place)
    except BaseException:
        shutil.rmtree(draft)
        raise
    return made


def fill(form: Format, folder: Path, source: Source, asked: Asked, signer: Signer) -> Manifest:
    """Write an export with its manifest into an empty folder."""
    form.write(folder, source, asked)
    source.connection.rollback()  # hashing takes time, and an idle transaction would hold a rebuild's swap up
    made = manifest.manifest(form.name, folder, source, asked, signer)
    manifest.write(folder, made)
    return made

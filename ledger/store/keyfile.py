"""Keys (密钥) of this office: 32 random bytes in a file of its home, made when first needed."""

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from ledger.store.engine import DatabaseProblem

KEY_BYTES: Final = 32


def load(home: Path, name: str, variable: str) -> bytes:
    """The key in the environment's ``variable`` (base64 of 32 bytes), or in ``home/name``, made when missing.

    Raises DatabaseProblem when it is not 32 bytes.
    """
    given = os.environ.get(variable)
    if given is not None:
        return _checked(given, variable)
    path = home / name
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{name}.{secrets.token_hex(4)}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _checked(path.read_text(), str(path))


def _checked(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise DatabaseProblem(f"{where} 不是 base64 编码的密钥") from error
    if len(key) != KEY_BYTES:
        raise DatabaseProblem(f"{where} 应为 {KEY_BYTES} 字节的密钥，实为 {len(key)} 字节")
    return key

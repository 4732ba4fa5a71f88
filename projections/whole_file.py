"""A file that is there whole or not at all (完整文件): written beside its place, then put there."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from xlsxwriter.exceptions import FileCreateError

PRIVATE: Final = 0o600
"""For its owner alone."""


@contextmanager
def whole_file(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """What is written takes the place of a file that was there; after a failure that one still is.

    A link is followed; a device or a pipe is written to. ``mode`` is that of the file, less what the umask
    takes: ``PRIVATE`` where persons may be named. Raises OSError, also where a workbook cannot be written.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    place = Path(os.path.realpath(path))
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
        draft.replace(place)
    except FileCreateError as error:
        why = error.args[0] if error.args else None
        raise (why if isinstance(why, OSError) else OSError(errno.EIO, str(error), str(path))) from error
    finally:
        draft.unlink(missing_ok=True)

"""Errors that callers can act on: each has a stable code and a message in Chinese.

``InputError`` means the input cannot be read; ``Refused`` means it was understood and a rule said no.
Anything else that escapes is a defect.
"""

from dataclasses import dataclass


class InputError(ValueError):
    """One value that cannot be read. ``code`` is stable, ``message`` is Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was refused.

    ``line`` is the index of the command's line it speaks of (None: the whole command), ``command`` the
    index of the command in its batch, ``field`` the field at fault, ``basis`` the legal source.
    """

    code: str
    message: str
    field: str | None = None
    line: int | None = None
    basis: str | None = None
    command: int = 0


class Refused(Exception):  # noqa: N818 - reads as the domain says it: the command was refused
    """A well-formed command that a rule refuses; nothing of it was recorded as done."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(f"{refusal.code}: {refusal.message}" for refusal in refusals))
        self.refusals = refusals


class IdempotencyConflict(Exception):  # noqa: N818 - the name of the HTTP problem
    """The same idempotency key (幂等键) came with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"idempotency key {key!r} was used for another request")
        self.key = key


class Busy(Exception):  # noqa: N818 - the name of the HTTP problem
    """Other writers kept changing the same streams; the caller may try again."""

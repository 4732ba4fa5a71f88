"""What makes a write repeatable (幂等): its key, and the digest of what was asked under it."""

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Request

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="幂等键：同一请求重发只记一次，同键不同内容被拒",
    ),
]
"""The parameter by which a route takes the key of a request."""


async def _raw(request: Request) -> bytes:
    return await request.body()


Raw = Annotated[bytes, Depends(_raw)]
"""The parameter by which a route gets the body as it was sent."""


def digest(*parts: bytes) -> bytes:
    """SHA-256 of the parts, each with its length, so that no other parts come to the same."""
    content = hashlib.sha256()
    for part in parts:
        content.update(len(part).to_bytes(8, "big") + part)
    return content.digest()

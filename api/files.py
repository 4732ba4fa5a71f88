"""Workbooks as answers (电子表格): their media type, and the name under which they are saved."""

from typing import Final
from urllib.parse import quote

from fastapi import Response

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def saved_as(name: str, plain: str | None = None) -> dict[str, str]:
    """The header that has a browser save the answer as a file of this name; ``plain`` is for old programs."""
    old = "" if plain is None else f' filename="{plain}";'
    return {"content-disposition": f"attachment;{old} filename*=UTF-8''{quote(name)}"}


def workbook(content: bytes, name: str) -> Response:
    """A workbook that is held whole."""
    return Response(content, media_type=WORKBOOK, headers=saved_as(name))

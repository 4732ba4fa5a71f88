"""What a path names (地址): a county or a book, of a bearer who may see it."""

from typing import Annotated

from fastapi import Depends, Path

from api.answers import county_code
from api.security import Who, demand_county
from ledger.identity import Fund, parse_book

_County = Annotated[str, Path(description="区县代码（GB/T 2260）", examples=["532301"])]
_Fund = Annotated[str, Path(description="资金类型：commodity 或 public", examples=["commodity"])]


def _county(who: Who, county: _County) -> str:
    code = county_code(county)
    demand_county(who, code)
    return code


OfCounty = Annotated[str, Depends(_county)]
"""The code of the county ``{county}``; else ``county-unknown`` or ``county-forbidden``."""


def _book(county: OfCounty, fund: _Fund) -> tuple[str, Fund]:
    return parse_book(f"{county}/{fund}")


OfBook = Annotated[tuple[str, Fund], Depends(_book)]
"""The county and fund of the book ``{county}/{fund}``; else as above, or ``book-invalid``."""

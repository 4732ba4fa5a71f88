"""The pack as one page of HTML, to be read and printed: no script, nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ledger.identity import FUND_NAMES, PART_NAMES
from ledger.money import Fen
from ledger.money_words import in_words
from projections.publication.pack import FIGURES, Pack

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "page.css").read_text(encoding="utf-8")

POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
"""The content security policy of the page: its own style sheet by hash, and nothing else."""


def grouped(amount_fen: Fen) -> str:
    """Yuan for people: ``-1,079,000.00``."""
    yuan, cents = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{yuan:,}.{cents:02d}"


def day_of(day: date) -> str:
    """``2019年12月31日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def title(pack: Pack) -> str:
    """What the pack is called: place, fund kind, year, and whether it is a draft."""
    draft = "" if pack.issued else "（未公布草稿）"
    of = f"{pack.county_name} {FUND_NAMES[pack.fund]} {where(pack)}"
    return f"住宅专项维修资金 {pack.year} 年度公布：{of}{draft}"


def where(pack: Pack) -> str:
    """The estate, or that it is the whole book."""
    return "全账套" if pack.estate is None else f"{pack.estate_name}（{pack.estate}）"


def page(pack: Pack) -> str:
    """The page; the same pack makes the same bytes."""
    whole = pack.figures
    words: Mapping[str, Any] = {
        "pack": pack,
        "title": title(pack),
        "where": where(pack),
        "fund": FUND_NAMES[pack.fund],
        "parts": PART_NAMES,
        "names": tuple(FIGURES.values()),
        "totals": tuple(zip(FIGURES.values(), whole, strict=True)),
        "whole": whole,
        "accounts": pack.accounts,
        "estates": pack.estates,
        "units": sum(each.units for each in pack.buildings),
        "area": sum(each.area_dm2 for each in pack.buildings),
        "low": sum(each.below for each in pack.buildings),
        "spent": {
            name: sum(getattr(each, name) for each in pack.payments)
            for name in ("self_raised", "used", "returned")
        },
        "policy": POLICY,
        "style": Markup(_STYLE),  # noqa: S704 - our own file
    }
    return _PAGE.render(words) + "\n"


def _moment(moment: datetime) -> str:
    return f"{day_of(moment)} {moment:%H:%M:%S}"


def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"yuan": grouped, "words": in_words, "day": day_of, "moment": _moment}
    found.filters["area"] = grouped  # dm² are hundredths of m² as fen are of yuan
    return found


_PAGE: Final = _environment().get_template("page.html")

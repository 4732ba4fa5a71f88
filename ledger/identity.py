"""Names of things: codes, account keys, stream names and event ids.

A stream is ``building/<code>``, ``book/<county>/<fund>``, ``repair/<county>/<project>``,
``receipts/<code>``, ``bank/<account>``, ``import/<id>``, ``party/<ref>`` or ``refusal/<uuid>``; an event is
named ``<stream>@<version>``. Both are stable across restores, unlike a position.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

from ledger.errors import InputError

Fund = Literal["commodity", "public"]
"""Fund kind (资金类型): commercial housing (商品住宅) or sold public housing (已售公有住房)."""

Part = Literal["owner", "seller"]
"""Whose money (资金归属): the owner's (业主) or the selling unit's (售房单位); art. 8, 11, 20."""

FUND_NAMES: dict[Fund, str] = {"commodity": "商品住宅", "public": "已售公有住房"}
PART_NAMES: dict[Part, str] = {"owner": "业主", "seller": "售房单位"}

MAX_CODE_LENGTH = 64

INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Characters that show nothing (Unicode: Default_Ignorable_Code_Point) and would make two names of one."""

_RESERVED = frozenset("/@;；")


RECEIPT_CODES = "receipt-codes"
"""The stream that knows which receipt codes (票据代码) there are."""


class AccountKey(NamedTuple):
    """A unit account (分户账): building code (楼幢编码), unit number (户号) and part."""

    building: str
    unit: str
    part: Part = "owner"


def code(text: str, name: str) -> str:
    """A code as text: trimmed, NFKC, leading zeros kept; raises InputError ``code-invalid``.

    ``name`` is the Chinese name of the code for the message. Blank, over 64 characters, control and
    invisible characters and the separators of names (``/ @ ;``) are refused.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise InputError("code-invalid", f"{name}不能为空")
    if len(plain) > MAX_CODE_LENGTH:
        raise InputError("code-invalid", f"{name}超过 {MAX_CODE_LENGTH} 个字符")
    strange = any(character in _RESERVED or not character.isprintable() for character in plain)
    if strange or INVISIBLE.search(plain):
        raise InputError("code-invalid", f"{name}“{plain}”含有不允许的字符")
    return plain


def building_stream(building: str) -> str:
    """The stream of one building (幢)."""
    return f"building/{building}"


def book_stream(county: str, fund: Fund) -> str:
    """The stream of one book (账套): county and fund kind."""
    return f"book/{county}/{fund}"


def repair_stream(county: str, project: str) -> str:
    """The stream of one repair project (维修项目)."""
    return f"repair/{county}/{project}"


def receipts_stream(code: str) -> str:
    """The stream of the special receipts (专用票据) of one code (票据代码)."""
    return f"receipts/{code}"


def import_stream(import_id: str) -> str:
    """The stream of one import (导入): there is an event in it once the import was undone."""
    return f"import/{import_id}"


def bank_stream(account: str) -> str:
    """The stream of one bank account (专户) and its statements."""
    return f"bank/{account}"


def party_stream(ref: str) -> str:
    """The stream of one person (当事人): there is an event in it once the person was erased."""
    return f"party/{ref}"


def parse_book(text: str) -> tuple[str, Fund]:
    """``532301/commodity`` → county and fund; raises InputError ``book-invalid``."""
    county, _, fund = text.partition("/")
    if fund == "commodity" and county:
        return county, "commodity"
    if fund == "public" and county:
        return county, "public"
    raise InputError("book-invalid", f"账套“{text}”应写作 区县代码/commodity 或 区县代码/public")


def event_id(stream: str, version: int) -> str:
    """The name of an event: ``building/53230100101@3``."""
    return f"{stream}@{version}"


def parse_event_id(text: str) -> tuple[str, int]:
    """Stream and version of an event name; raises InputError ``event-id-invalid``."""
    stream, _, version = text.rpartition("@")
    if not stream or not (version.isascii() and version.isdigit()) or int(version) < 1:
        raise InputError("event-id-invalid", f"事件编号“{text}”应写作 流@版本")
    return stream, int(version)

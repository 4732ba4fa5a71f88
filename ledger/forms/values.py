"""Values as people write them in a form, read strictly: yuan, m², percent, days, codes, persons."""

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ledger import identity
from ledger.calendar import parse_date
from ledger.errors import InputError
from ledger.money import parse_yuan
from ledger.privacy import refuse_numbers
from ledger.registers.cells import clean

MAX_TEXT: Final = 500
MAX_LINES: Final = 5000


class Body(BaseModel):
    """Part of a form; an item that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("应为文本")  # noqa: TRY004 - pydantic reports only ValueError
    plain = clean(value)
    if not plain or value != value.strip() or not value.isprintable():
        raise ValueError("不能为空，首尾不能有空白，也不能含有不允许的字符")
    if len(plain) > MAX_TEXT:
        raise ValueError(f"超过 {MAX_TEXT} 个字符")
    return plain


def _words(value: object) -> str:
    return refuse_numbers(_text(value), "文字")


def _code(value: object) -> str:
    return identity.code(_text(value), "代码")


def _fen(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("金额应为文本，如 12345.60")  # noqa: TRY004 - as above
    return parse_yuan(value)


def _dm2(value: object) -> int:
    try:
        found = _fen(value)
    except (InputError, ValueError) as error:
        raise ValueError("面积应为最多两位小数的平方米数，写作文本") from error
    if found < 0:
        raise ValueError("面积不能为负数")
    return found


def _basis_points(value: object) -> int:
    try:
        return _fen(value)
    except (InputError, ValueError) as error:
        raise ValueError("利率应为最多两位小数的年百分数，写作文本，如 1.50") from error


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("日期应为文本，如 2019-06-30")  # noqa: TRY004 - as above
    return parse_date(value)


def _schema(example: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example], **more})


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "maxLength": MAX_TEXT})]
Words = Annotated[str, BeforeValidator(_words), WithJsonSchema({"type": "string", "maxLength": MAX_TEXT})]
Code = Annotated[str, BeforeValidator(_code), WithJsonSchema({"type": "string", "maxLength": 64})]
Yuan = Annotated[int, BeforeValidator(_fen), _schema("12345.60", description="元，最多两位小数")]
SquareMetres = Annotated[int, BeforeValidator(_dm2), _schema("89.31", description="平方米")]
Percent = Annotated[int, BeforeValidator(_basis_points), _schema("1.50", description="年利率，百分数")]
Day = Annotated[date, BeforeValidator(_day), _schema("2019-06-30", format="date")]
Digest = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Flag = Annotated[bool, Field(strict=True)]


class Someone(Body):
    """A person (当事人): the name, and what tells apart people of one name."""

    name: Text
    id_number: Text | None = None
    phone: Text | None = None


class Paid(Body):
    """Who is paid (收款单位): name and account; whether a firm or a person is told by the name."""

    name: Text | None = None
    account: Text | None = None


def _someone(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Party = Annotated[Someone, BeforeValidator(_someone)]
"""A person, or just the name."""

"""Recording deposits (交存): the officer's live command over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.answers import json
from api.office import Desk, Office
from api.repeatable import Key, Raw, digest
from api.security import Who, demand_county, demand_role
from ledger.calendar import parse_date
from ledger.commands import Recording
from ledger.events import DepositKind
from ledger.identity import Part, code
from ledger.money import parse_yuan
from ledger.registers.cells import clean
from ledger.registers.deposits import REGISTER
from ledger.registers.people import OfficeDesk, People

router = APIRouter()


def _printable(text: str) -> str:
    """The text as a register reads it: a number in full width is the same number."""
    plain = clean(text)
    if not text.isprintable() or text != text.strip() or not plain:
        raise ValueError("含有不允许的字符，或首尾有空白")
    return plain


def _amount(text: str) -> str:
    parse_yuan(text)
    return text


def _day(text: object) -> date:
    if not isinstance(text, str):
        raise ValueError("日期应为文本，如 2019-06-30")  # noqa: TRY004 - pydantic reports only ValueError
    return parse_date(text)


Text = Annotated[str, Field(strict=True, min_length=1, max_length=64), AfterValidator(_printable)]


class Body(BaseModel):
    """Part of a request; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DepositLineBody(Body):
    """One deposit: unit and part, yuan as a string, receipt, bank reference, receiving account, payer."""

    unit: Annotated[Text, AfterValidator(lambda text: code(text, "户号"))]
    part: Part = "owner"
    amount: Annotated[str, Field(strict=True, max_length=32), AfterValidator(_amount)]
    currency: Literal["CNY"] = "CNY"
    receipt_no: Text | None = None
    bank_ref: Text | None = None
    account: Text | None = None
    payer: Text | None = None


class DepositBody(Body):
    """Deposits of one kind and day in one building."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "building": "53230100101",
                    "kind": "first",
                    "value_date": "2019-06-30",
                    "lines": [
                        {
                            "unit": "0101",
                            "part": "owner",
                            "amount": "7841.25",
                            "receipt_no": "00000123",
                            "bank_ref": "20190630000123",
                            "account": "6222000000000001",
                            "payer": "张三",
                        }
                    ],
                }
            ]
        }
    )

    building: Annotated[Text, AfterValidator(lambda text: code(text, "楼幢编码"))]
    kind: DepositKind
    value_date: Annotated[date, BeforeValidator(_day)]
    lines: Annotated[list[DepositLineBody], Field(min_length=1, max_length=2000)]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The event that records the deposit; a read with ``min_position`` set to ``position`` sees it."""

    position: str
    event: str


@router.post("/v1/deposits", status_code=201, summary="交存入账")
def post_deposits(
    desk: Desk,
    who: Who,
    body: DepositBody,
    raw: Raw,
    idempotency_key: Key = None,
) -> Response:
    """记一幢楼同一天、同一类的交存，一行一户；整单入账或整单被拒。"""
    demand_role(who, "officer")
    known = desk.application.buildings([body.building]).get(body.building)
    if known is not None and known.facts is not None:
        demand_county(who, known.facts.county)
    values = _values(body)
    values["payer_ref"] = _payers(desk, values) if known is not None else [None] * len(body.lines)
    recording = Recording(
        actor=who.name,
        key=idempotency_key,
        digest=digest(b"POST /v1/deposits", raw, who.name.encode()),
    )
    outcome = desk.application.execute(REGISTER.batch(values).commands, recording)
    return json(Done(position=str(outcome.position), event=outcome.events[0]), 201)


def _values(body: DepositBody) -> dict[str, Sequence[Any]]:
    """The request as rows of the register of deposits, so that both go the same way into the ledger."""
    count = len(body.lines)
    fields = ("unit", "part", "receipt_no", "bank_ref", "account", "payer")
    return {
        "building": [body.building] * count,
        "kind": [body.kind] * count,
        "value_date": [body.value_date] * count,
        "amount_fen": [parse_yuan(line.amount) for line in body.lines],
        **{field: [getattr(line, field) for line in body.lines] for field in fields},
    }


def _payers(office: Office, values: Mapping[str, Sequence[Any]]) -> Sequence[str | None]:
    """Refs of the payers; a name goes into the register of persons and no further."""
    found = REGISTER.look_up(values, OfficeDesk(office.application, office.parties))
    return People(office.parties, found).registered()["payer_ref"]

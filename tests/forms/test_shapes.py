"""Forms: every live command can be written as JSON, and reads back as the same command."""

from datetime import date, timedelta
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.commands import CollectDeposit
from ledger.events import DepositLine, Payee
from ledger.forms import FORMS
from ledger.forms.shapes import shape
from ledger.forms.values import Paid, Someone
from ledger.money import yuan

WORDS = st.text("abc城0123456789", min_size=1, max_size=8)
FEN = st.integers(1, 10**12)


def named(found, _beside):
    """A person's ref is the name; a firm is paid."""
    if isinstance(found, Someone):
        return found.name
    assert isinstance(found, Paid)
    return Payee(kind="firm", name=found.name, account=found.account)


def written(kind):
    """A strategy of structs of a kind, beside the document that says the same."""
    hints = get_type_hints(kind)
    keys = {item.field: item.key for item in shape(kind).items}
    pairs = {field: _pair(field, hint) for field, hint in hints.items() if field in keys}
    return st.fixed_dictionaries(pairs).map(
        lambda found: (
            kind(**{field: value for field, (value, _) in found.items()}),
            {keys[field]: document for field, (_, document) in found.items()},
        )
    )


def _pair(field, hint):
    if get_origin(hint) in (Union, UnionType):
        [inner] = [part for part in get_args(hint) if part is not NoneType]
        return st.just((None, None)) | _pair(field, inner)
    if get_origin(hint) is tuple:
        many = st.lists(_pair(field, get_args(hint)[0]), max_size=3)
        return many.map(lambda pairs: (tuple(value for value, _ in pairs), [said for _, said in pairs]))
    if hint is Payee:
        return st.just(
            (Payee(kind="firm", name="云岭工程公司", account="62"), {"name": "云岭工程公司", "account": "62"})
        )
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint)).map(lambda word: (word, word))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return written(hint)
    if field == "bank_ref":
        return WORDS.map(lambda word: (word, word))
    if field.endswith("_ref"):
        return WORDS.map(lambda word: (word, word)) | WORDS.map(lambda word: (word, {"name": word}))
    if field.endswith(("_fen", "_dm2", "_bp")):
        return FEN.map(lambda fen: (fen, yuan(fen)))
    if hint is date:
        days = st.integers(0, 9000).map(lambda days: date(2000, 1, 1) + timedelta(days))
        return days.map(lambda day: (day, day.isoformat()))
    if hint is bool:
        return st.booleans().map(lambda flag: (flag, flag))
    if hint is int:
        return st.integers(0, 10**9).map(lambda count: (count, count))
    return WORDS.map(lambda word: (word, word))


@pytest.mark.parametrize("name", FORMS)
def test_a_command_written_as_a_form_reads_back_as_it_was(name):
    form = FORMS[name]

    @given(pair=written(form.kind))
    def reads_back(pair):
        command, document = pair
        filled = form.model.model_validate_json(msgspec.json.encode(document))
        assert form.shape.struct(filled, named, {}) == command

    reads_back()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_refuses_what_it_does_not_know(name):
    with pytest.raises(ValidationError) as refused:
        FORMS[name].model.model_validate({"strange": 1})
    assert {"extra_forbidden", "missing"} <= {error["type"] for error in refused.value.errors()}


def test_a_form_has_a_name_and_a_chinese_term():
    assert FORMS["collect-deposit"].title == "交存"
    assert FORMS["collect-deposit"].kind is CollectDeposit
    assert all(form.title for form in FORMS.values())


@pytest.mark.parametrize("amount", ["1e3", "1.005", "", "--1", 5, 5.0, True, None, "NaN", "١"])
def test_an_amount_is_text_in_yuan(amount):
    with pytest.raises(ValidationError):
        shape(DepositLine).model.model_validate({"unit": "0101", "amount": amount})


def test_a_persons_name_does_not_pass_for_a_firms():
    model = FORMS["issue-receipts"].model
    body = {"code": "5323", "first": "001", "last": "009", "value_date": "2026-01-01"}
    model.model_validate({**body, "holder": "楚雄市住宅维修资金管理中心"})
    model.model_validate({**body, "holder_person": "王建国"})
    with pytest.raises(ValidationError, match="像是人名"):
        model.model_validate({**body, "holder": "王建国"})


def test_a_bank_has_a_reference_beside_it_and_is_no_person():
    body = {
        "county": "532301",
        "fund": "commodity",
        "lot": "L1",
        "kind": "time",
        "amount": "1.00",
        "rate": "1.50",
        "placed_on": "2026-01-01",
        "bank_ref": "Y1",
    }
    assert FORMS["place-deposit"].model.model_validate({**body, "bank": "某城"}).bank == "某城"

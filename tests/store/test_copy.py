"""COPY in and out keeps every value, whatever characters it holds."""

import csv
import io
from datetime import UTC, date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, LargeBinary, MetaData, Table, Text, select

from ledger.store.bulk import copy_in, copy_out

KINDS = Table(
    "kinds",
    MetaData(),
    Column("number", BigInteger),
    Column("text", Text),
    Column("flag", Boolean),
    Column("raw", LargeBinary),
    Column("day", Date),
    Column("moment", DateTime(timezone=True)),
    schema="read",
)

ROWS = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.none() | st.booleans(),
    st.none() | st.binary(),
    st.none() | st.dates(),
    st.none() | st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC, fold=0)),
)


@pytest.fixture
def connection(database):
    with database.engine.connect() as opened:
        KINDS.create(opened)
        yield opened


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=8))
def test_what_goes_in_comes_out(connection, rows):
    connection.execute(KINDS.delete())
    copy_in(connection, KINDS, KINDS.columns.keys(), rows)
    assert sorted(map(repr, connection.execute(select(KINDS)))) == sorted(map(repr, rows))


def test_null_differs_from_empty_text_on_the_way_out(connection):
    rows = [(1, None, True, b"\x00\\", date(2019, 6, 30), None), (2, "", False, None, None, None)]
    copy_in(connection, KINDS, KINDS.columns.keys(), rows)
    found = copy_out(connection, select(KINDS).where(KINDS.c.number < 3).order_by(KINDS.c.number))
    assert found.decode().splitlines() == [
        "number,text,flag,raw,day,moment",
        r"1,,t,\x005c,2019-06-30,",
        '2,"",f,,,',
    ]


def test_a_condition_is_bound_not_pasted(connection):
    text = "50%; ' \" \\ \n 户"
    copy_in(connection, KINDS, ["text"], [(text,), ("other",)])
    found = copy_out(connection, select(KINDS.c.text).where(KINDS.c.text == text))
    assert list(csv.reader(io.StringIO(found.decode()))) == [["text"], [text]]


def test_only_named_columns_are_filled(connection):
    copy_in(connection, KINDS, ["number"], [(7,)])
    assert connection.execute(select(KINDS)).all() == [(7, None, None, None, None, None)]


def test_a_float_is_refused(connection):
    with pytest.raises(TypeError, match="float"):
        copy_in(connection, KINDS, ["number"], [(1.5,)])

"""Whatever a file holds, an import answers with problems and never breaks."""

import datetime as dt

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.registers import REGISTERS

ANY_FILE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MAGIC = {
    ".xlsx": b"PK\x03\x04",
    ".ods": b"PK\x03\x04",
    ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ".csv": b"",
}
CELLS = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 31)),
    st.sampled_from(
        ["", "E001-01", "0101", "首期", "2010-07-01", "100", "532301", "#N/A", "=1+1", "有", "是"]
    ),
)


@pytest.mark.slow
@ANY_FILE
@given(data=st.binary(max_size=2000), suffix=st.sampled_from(sorted(MAGIC)), magic=st.booleans())
def test_any_bytes(office, data, suffix, magic):
    path = office.folder / f"册{suffix}"
    path.write_bytes((MAGIC[suffix] if magic else b"") + data)

    result = office.take("units", path)

    assert len(result.problems) >= 1
    assert office.events() == []


@pytest.mark.slow
@ANY_FILE
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), data=st.data())
def test_a_sound_file_with_one_byte_changed(office, at, byte, data):
    kind = data.draw(st.sampled_from(["xlsx", "csv"]))
    make = office.xlsx if kind == "xlsx" else office.csv
    path = make(f"册.{kind}", "units", [office.unit(), office.unit(户号="0102")])
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] = byte
    path.write_bytes(bytes(content))

    result = office.take("units", path, dry_run=True)

    assert result.accepted == 0 or not result.problems
    assert office.events() == []


@pytest.mark.slow
@ANY_FILE
@given(
    kind=st.sampled_from(sorted(REGISTERS)),
    rows=st.lists(st.lists(CELLS, min_size=32, max_size=32), max_size=4),
)
def test_any_cells_in_a_workbook(office, kind, rows):
    path = office.folder / "册.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        headers = office.headers(kind)
        sheet.write_row(0, 0, headers)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row[: len(headers)]):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)

    result = office.take(kind, path)

    assert result.accepted == 0
    assert office.events() == []
    assert {problem.row for problem in result.problems} <= set(range(2, len(rows) + 2))


@pytest.mark.slow
@ANY_FILE
@given(
    kind=st.sampled_from(sorted(REGISTERS)),
    text=st.text(max_size=400),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_any_text_below_a_header(office, kind, text, encoding):
    path = office.folder / "册.csv"
    content = ",".join(office.headers(kind)) + "\n" + text
    path.write_bytes(content.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace"))

    result = office.take(kind, path)

    assert result.accepted == 0
    assert office.events() == []

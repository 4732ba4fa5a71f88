"""The kinds of files officers send: spreadsheets of three makes, CSV in two encodings, and broken ones."""

import io
import struct
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter

from ledger.events import DepositCollected
from ledger.registers import archive, workbook

BUILDING = "building/E001-01"
CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' office:version="1.3"><office:body><office:spreadsheet>{}</office:spreadsheet></office:body>'
    "</office:document-content>"
)
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/"'
    ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ods_cell(cell):
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    if cell.startswith("#"):
        return (
            '<table:table-cell office:value-type="string" office:string-value=""'
            f' calcext:value-type="error"><text:p>{cell}</text:p></table:table-cell>'
        )
    if not cell:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def write_ods(path, rows):
    body = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    blank = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", MANIFEST)
        packed.writestr(
            "content.xml", CONTENT.format(f'<table:table table:name="表一">{body}{blank}</table:table>')
        )
    return path


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def xls_cell(row, column, cell):
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, int | float):
        return record(0x0203, place + struct.pack("<d", cell))
    if cell == "#N/A":
        return record(0x0205, place + bytes([0x2A, 1]))
    if cell == "#DIV/0!":
        result = bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF])
        return record(0x0006, place + result + struct.pack("<HIH", 0, 0, 2) + b"\x1c\x07")
    return record(0x0204, place + xls_text(cell)) if cell else b""


def write_xls(path, rows, name="表一"):
    """A BIFF8 workbook of one sheet in a compound file of 512-byte sectors, as [MS-XLS] and [MS-CFB] say."""
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6))
    start += record(0x0042, struct.pack("<H", 1200))
    bound_size = 4 + 6 + 2 + 2 * len(name)
    offset = len(start) + bound_size + len(record(0x000A))
    start += record(
        0x0085,
        struct.pack("<IBB", offset, 0, 0) + struct.pack("<BB", len(name), 1) + name.encode("utf-16-le"),
    )
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
    sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for number, row in enumerate(rows):
        sheet += b"".join(xls_cell(number, column, cell) for column, cell in enumerate(row))
    stream = start + record(0x000A) + sheet + record(0x000A)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512

    def entry(title, kind, child, first, size):
        text = title.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream))
    table = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<109I", sectors + 1, *[0xFFFFFFFF] * 108)
    )
    fat = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    path.write_bytes(header + stream + directory.ljust(512, b"\0") + fat)
    return path


def grid(office, kind, rows):
    headers = office.headers(kind)
    return [headers, *([row.get(header, "") for header in headers] for row in rows)]


def deposits(office):
    return [event for event in office.log.events(BUILDING) if isinstance(event, DepositCollected)]


def test_csv_in_every_encoding_is_the_same_register(furnished):
    rows = [furnished.deposit()]
    first = furnished.take("deposits", furnished.csv("一.csv", "deposits", rows, encoding="utf-8"))

    for encoding in ("utf-8-sig", "gb18030", "gbk"):
        again = furnished.take("deposits", furnished.csv("二.csv", "deposits", rows, encoding=encoding))
        assert (again.accepted, again.already, again.problems) == (0, 1, ())
    assert first.accepted == 1


def test_text_that_is_in_neither_encoding_is_refused(office):
    path = office.folder / "册.csv"
    path.write_bytes("楼幢编码,户号".encode("utf-16"))

    (problem,) = office.take("deposits", path).problems

    assert (problem.file, problem.sheet, problem.row, problem.code) == (
        "册.csv",
        None,
        None,
        "encoding-unknown",
    )


def test_csv_quotes_that_never_close_are_refused_at_their_row(office):
    path = office.folder / "册.csv"
    path.write_text('楼幢编码,户号\nE001-01,"0101\n', encoding="utf-8")

    (problem,) = office.take("deposits", path).problems

    assert (problem.code, problem.row) == ("file-unreadable", 2)


def test_a_csv_cell_that_keeps_zeros_by_a_formula_is_text(furnished):
    path = furnished.csv("册.csv", "deposits", [furnished.deposit(户号='="0101"', 票据号='="000123"')])

    assert furnished.take("deposits", path).problems == ()
    assert deposits(furnished)[0].lines[0].receipt_no == "000123"


@pytest.mark.parametrize("title", [None, "二〇一〇年七月交存明细"])
def test_the_header_may_stand_below_a_merged_title(furnished, title):
    path = furnished.xlsx("册.xlsx", "deposits", [furnished.deposit()], title=title)

    assert furnished.take("deposits", path).accepted == 1


def test_brackets_and_marks_in_a_header_are_notes(furnished):
    headers = ["*楼幢编码", "户 号", "交存类型(首期/续交/补交)", "交存金额（元）", "入账\n日期", "备注"]
    path = furnished.folder / "册.csv"
    names = ",".join(f'"{name}"' for name in headers)
    path.write_text(f"{names}\nE001-01,0101,首期,1,2010-07-01,无关\n", encoding="utf-8")

    assert furnished.take("deposits", path).problems == ()
    assert deposits(furnished)[0].lines[0].amount_fen == 100


def test_every_sheet_with_the_header_is_read_and_others_are_not(furnished):
    path = furnished.folder / "册.xlsx"
    headers = furnished.headers("deposits")
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write(0, 0, "本表由各县填报")
        book.add_worksheet("空")
        for number, name in enumerate(["七月", "八月"], 1):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headers)
            cells = furnished.deposit(户号=f"010{number}", 票据号=str(number), 交存金额=number)
            sheet.write_row(1, 0, [cells.get(header, "") for header in headers])

    assert furnished.take("deposits", path).accepted == 2
    assert [line.amount_fen for line in deposits(furnished)[0].lines] == [100, 200]


def test_numbers_dates_and_blank_rows_of_a_spreadsheet(furnished):
    rows = [
        {},
        furnished.deposit(票据号=101, 入账日期=date(2010, 7, 1), 交存金额=12345.6),
        {"备注": "x"},
        furnished.deposit(户号="0102", 票据号=102.0, 入账日期=20100701, 交存金额="12,345.60"),
        {"交款人": "  "},
    ]

    result = furnished.take("deposits", furnished.xlsx("册.xlsx", "deposits", rows))

    assert (result.rows, result.problems) == (2, ())
    (event,) = deposits(furnished)
    assert event.value_date == date(2010, 7, 1)
    assert [(line.receipt_no, line.amount_fen) for line in event.lines] == [
        ("101", 1234560),
        ("102", 1234560),
    ]


def test_ods_is_read_with_its_errors(furnished):
    good = grid(furnished, "deposits", [furnished.deposit(入账日期=date(2010, 7, 1), 票据号=101)])
    assert furnished.take("deposits", write_ods(furnished.folder / "册.ods", good)).accepted == 1
    assert deposits(furnished)[0].lines[0].receipt_no == "101"

    bad = grid(furnished, "deposits", [furnished.deposit(交款人="#N/A")])
    (problem,) = furnished.take("deposits", write_ods(furnished.folder / "坏.ods", bad)).problems
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("表一", 2, "交款人", "cell-error")


def test_xls_is_read_with_its_errors(furnished):
    good = grid(furnished, "deposits", [furnished.deposit(票据号=101)])
    assert furnished.take("deposits", write_xls(furnished.folder / "册.xls", good)).problems == ()
    assert deposits(furnished)[0].lines[0].receipt_no == "101"

    bad = grid(
        furnished, "deposits", [furnished.deposit(交款人="#N/A"), furnished.deposit(收款账号="#DIV/0!")]
    )
    problems = furnished.take("deposits", write_xls(furnished.folder / "坏.xls", bad)).problems
    assert [(problem.sheet, problem.row, problem.column, problem.code) for problem in problems] == [
        ("表一", 2, "交款人", "cell-error"),
        ("表一", 3, "收款账号", "cell-error"),
    ]


def test_all_makes_of_files_hold_the_same_rows(furnished):
    rows = [furnished.deposit()]
    furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", rows))
    cells = grid(furnished, "deposits", rows)

    for path in (
        write_ods(furnished.folder / "二.ods", cells),
        write_xls(furnished.folder / "三.xls", cells),
        furnished.csv("四.csv", "deposits", rows),
    ):
        assert furnished.take("deposits", path).already == 1


@pytest.mark.parametrize("name", ["册.xlsx", "册.xls", "册.ods", "册.txt", "册.csv", "没有.xlsx"])
def test_a_file_that_is_not_what_its_name_says(office, name):
    path = office.folder / name
    if not name.startswith("没有"):
        path.write_bytes(b"\x00\xff\x00 not a workbook")

    (problem,) = office.take("units", path).problems

    assert problem.code == ("encoding-unknown" if name.endswith("csv") else "file-unreadable")
    assert (problem.sheet, problem.row, problem.column) == (None, None, None)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_file_cut_short_is_unreadable(office, cut):
    for path in (
        office.xlsx("册.xlsx", "units", [office.unit()]),
        write_ods(office.folder / "册.ods", grid(office, "units", [office.unit()])),
    ):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * cut)])
        assert [problem.code for problem in office.take("units", path).problems] == ["file-unreadable"]


def test_a_file_over_the_limit_is_not_opened(office, monkeypatch):
    path = office.xlsx("册.xlsx", "units", [office.unit()])
    monkeypatch.setattr(workbook, "MAX_FILE_BYTES", 100)

    assert [problem.code for problem in office.take("units", path).problems] == ["file-too-large"]


def test_a_csv_with_more_rows_than_a_sheet_is_refused(office, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    path = office.csv("册.csv", "units", [office.unit(), office.unit()])

    assert [problem.code for problem in office.take("units", path).problems] == ["file-too-large"]


def test_a_zip_bomb_is_not_unpacked(office, monkeypatch):
    path = office.xlsx("册.xlsx", "units", [office.unit()])
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1 << 20)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.png", bytes(2 << 20))

    assert [problem.code for problem in office.take("units", path).problems] == ["file-too-large"]


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ100000"])
def test_a_cell_at_the_far_corner_does_not_fill_the_memory(office, far):
    path = office.xlsx("册.xlsx", "units", [office.unit()])
    book = openpyxl.load_workbook(path)
    book["Sheet1"][far] = "x"
    book.save(path)

    assert [problem.code for problem in office.take("units", path).problems] == ["file-too-large"]


def test_repeated_cells_of_an_ods_do_not_fill_the_memory(office):
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float"'
        ' office:value="1" table:number-columns-repeated="1000"/></table:table-row>'
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", MANIFEST)
        packed.writestr("content.xml", CONTENT.format(f'<table:table table:name="t">{row}</table:table>'))
    path = office.folder / "册.ods"
    path.write_bytes(data.getvalue())

    assert [problem.code for problem in office.take("units", path).problems] == ["file-too-large"]


def test_a_file_named_twice_is_read_once(furnished):
    path = furnished.xlsx("册.xlsx", "deposits", [furnished.deposit()])

    result = furnished.take("deposits", path, path)

    assert (result.rows, result.accepted, result.already) == (1, 1, 0)

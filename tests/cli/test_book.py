"""``fund book``: the record of a book, and the sheet of a publication written again."""

import hashlib
import re
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger import policy
from ledger.application import Application
from ledger.commands import (
    CloseAccount,
    ClosePeriod,
    DesignateAccount,
    IssuePublication,
    ReconcileStatement,
    Recording,
    RecordStatement,
)
from ledger.events import StatementLine
from ledger.store.bridge import EventLog

BOOK = {"county": "532301", "fund": "commodity"}
LIVE = Recording(actor="officer-1")


@pytest.fixture
def kept(fund, files, database):
    """A book with an account given up, one that stands, a month closed, a year reconciled and published."""
    for kind, path in files.items():
        fund("import", kind, path, "--history", "--json")
    office = Application(EventLog(database.engine), policy.load(), lambda: datetime(2026, 11, 23, tzinfo=UTC))
    bank = {"bank": "建设银行", "name": "专户", "tender": "1号"}
    line = StatementLine(in_fen=2_438_725, balance_fen=2_438_725)
    office.execute(
        [
            DesignateAccount(**BOOK, account="6221", since=date(2018, 1, 1), **bank),
            CloseAccount(**BOOK, account="6221", closed_on=date(2018, 12, 31)),
            DesignateAccount(**BOOK, account="6222", since=date(2019, 1, 1), **bank),
            ClosePeriod(**BOOK, period="2019-12"),
            RecordStatement(account="6222", value_date=date(2019, 12, 31), lines=(line,)),
            ReconcileStatement(**BOOK, account="6222", through=date(2019, 12, 31)),
            IssuePublication(**BOOK, year=2019, published_on=date(2020, 3, 31)),
        ],
        LIVE,
    )


def test_the_record_of_a_book(fund, kept):
    found = fund("book", "show", "532301/commodity", "--json").document
    assert [(each["account"], each["since"], each["until"]) for each in found["accounts"]] == [
        ("6221", "2018-01-01", "2018-12-31"),
        ("6222", "2019-01-01", None),
    ]
    assert [each["period"] for each in found["closings"]] == ["2019-12"]
    [reconciled] = found["reconciliations"]
    assert reconciled.pop("event").startswith("book/532301/commodity@")
    assert reconciled == {
        "account": "6222",
        "through": "2019-12-31",
        "bank": "24387.25",
        "ledger": "24387.25",
        "difference": "0.00",
        "items": 0,
    }
    [published] = found["publications"]
    assert (published["year"], published["accounts"], published["held"]) == (2019, 3, "23387.25")
    earlier = fund("book", "show", "532301/commodity", "--known-at", "1", "--json").document
    assert (earlier["accounts"], earlier["publications"]) == ([], [])
    shown = fund("book", "show", "532301/commodity")
    assert "6222" in shown.out
    assert "已结账期间：2019-12" in shown.out
    assert fund("audit", "verify", "--json").document["problems"] == []


def test_a_published_sheet_is_written_again_byte_for_byte(fund, kept, tmp_path):
    [published] = fund("book", "show", "532301/commodity", "--json").document["publications"]
    path = tmp_path / "2019.csv"
    answer = fund("book", "publication", "532301/commodity", 2019, "--to", path)
    assert answer.status == 0
    assert hashlib.sha256(path.read_bytes()).hexdigest() == published["sha256"]
    assert published["sha256"] in answer.err
    printed = fund("book", "publication", "532301/commodity", 2019)
    assert printed.out == path.read_text(encoding="utf-8")
    missing = fund("book", "publication", "532301/commodity", 2018)
    assert (missing.status, "publication-unknown" in missing.err) == (1, True)


def test_a_pack_is_written_as_a_page_and_a_workbook(fund, kept, tmp_path):
    answer = fund("book", "pack", "532301/commodity", 2019, "--to", tmp_path / "pack", "--json").document
    [published] = fund("book", "show", "532301/commodity", "--json").document["publications"]
    names = [f"年度公布-532301-commodity-2019.{ending}" for ending in ("html", "xlsx")]
    assert [Path(file).name for file in answer["files"]] == names
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == names
    assert (answer["publication"], answer["accounts"]) == (published["event"], 3)
    shown = Path(answer["files"][0]).read_text(encoding="utf-8")
    assert published["sha256"] in shown
    assert "贰万叁仟叁佰捌拾柒元贰角伍分" in shown
    again = fund("book", "pack", "532301/commodity", 2019, "--to", tmp_path / "again")
    assert "2020-03-31 公布，3 个分户账" in again.out
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "pack" / name).read_bytes()


def test_a_pack_of_one_estate_that_is_a_draft(fund, kept, tmp_path):
    of = ("book", "pack", "532301/commodity", 2018, "--estate", "532301001", "--to", tmp_path)
    answer = fund(*of)
    assert "未公布草稿" in answer.out
    assert (tmp_path / "年度公布-532301-commodity-532301001-2018-草稿.html").exists()


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ((2019, "--estate", "E9"), 1, "estate-unknown"),
        ((2019, "--estate", "a/b"), 2, "code-invalid"),
        ((2027,), 2, "year-invalid"),
        ((2019, "--known-at", "0"), 1, "units-missing"),
        ((2019, "--known-at", "yesterday"), 2, "known-at-invalid"),
    ],
)
def test_a_pack_that_cannot_be_made_writes_nothing(fund, kept, tmp_path, more, status, code):
    answer = fund("book", "pack", "532301/commodity", *more, "--to", tmp_path / "pack", "--json")
    assert (answer.status, answer.document["code"]) == (status, code)
    assert not (tmp_path / "pack").exists()


def test_a_pack_needs_a_folder_and_leaves_nothing_half_written(fund, kept, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    answer = fund("book", "pack", "532301/commodity", 2019, "--to", tmp_path / "file", "--json")
    assert (answer.status, answer.document["code"]) == (1, "file-unusable")
    taken = tmp_path / "pack" / "年度公布-532301-commodity-2019.html"
    taken.mkdir(parents=True)
    answer = fund("book", "pack", "532301/commodity", 2019, "--to", tmp_path / "pack", "--json")
    assert (answer.status, answer.document["code"]) == (1, "file-unusable")
    assert [path.name for path in (tmp_path / "pack").iterdir()] == [taken.name]


def test_the_commands_of_the_page_about_it_do_what_it_says(fund, kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "publication.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    done = [fund(*shlex.split(line.removeprefix(".venv/bin/fund "))) for line in lines]
    assert [each.status for each in done] == [0, 0, 0, 1]
    assert "units-missing" in done[-1].err
    [published] = (tmp_path / "published").glob("*.html")
    digest = hashlib.sha256((tmp_path / "published" / "2019.csv").read_bytes()).hexdigest()
    assert digest in published.read_text(encoding="utf-8")

"""``fund book``: the record of a book, and the sheet of a publication written again."""

import hashlib
from datetime import UTC, date, datetime

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

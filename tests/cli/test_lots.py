"""``fund record`` for the money of a book, and ``fund lots list``: what an officer types and reads."""

import json

import pytest

PLACE = {
    "county": "532301",
    "fund": "commodity",
    "lot": "D2024-01",
    "kind": "time",
    "bank": "农业银行楚雄分行",
    "amount": "5000000.00",
    "rate": "1.45",
    "placed_on": "2024-01-10",
    "term_months": 12,
    "account": "6222",
}


@pytest.fixture
def record(fund, tmp_path):
    def write(name, *more, **form):
        path = tmp_path / "form.json"
        path.write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")
        return fund("record", name, path, *more, "--json")

    return write


def test_a_deposit_is_recorded_listed_and_ended(fund, record):
    assert record("place-deposit", **PLACE).document["events"] == ["book/532301/commodity@1"]
    found = fund("lots", "list", "--as-of", "2024-12-31", "--within", "30", "--json").document
    assert found["open"] == "5000000.00"
    assert found["lots"] == [
        {
            "book": "532301/commodity",
            "lot": "D2024-01",
            "kind": "time",
            "name": "农业银行楚雄分行",
            "amount": "5000000.00",
            "open": "5000000.00",
            "received": "0.00",
            "expected": "72500.00",
            "rate": "1.45",
            "placed_on": "2024-01-10",
            "matures_on": "2025-01-10",
            "days": 10,
            "renew": False,
            "account": "6222",
            "event": "book/532301/commodity@1",
        }
    ]
    shown = fund("lots", "list", "--as-of", "2024-12-31").out
    assert "定期存款" in shown
    assert "72,500.00" in shown
    ended = record(
        "mature-deposit",
        county="532301",
        fund="commodity",
        lot="D2024-01",
        ended_on="2025-01-10",
        interest="72500.00",
    )
    assert len(ended.document["events"]) == 2
    assert fund("lots", "list", "--json").document["lots"] == []
    assert fund("summary", "--json").document["total"]["growth"] == "72500.00"


def test_a_book_that_nobody_knows_is_a_wrong_usage(fund):
    assert fund("lots", "list", "--book", "532301/gold").status == 2
    assert fund("lots", "list", "--within", "-1").status == 2


def test_what_the_rule_forbids_is_refused_with_its_article(record):
    refused = record(
        "record-investment",
        county="532301",
        fund="commodity",
        lot="W1",
        kind="wealth",
        amount="1000000.00",
        invested_on="2024-01-10",
        description="理财产品",
    )
    assert (refused.status, refused.document["code"]) == (1, "investment-forbidden")


def test_a_person_that_is_paid_is_named_by_a_reference_only(record, fund, database):
    from ledger.store.feed import Feed

    form = {
        "county": "532301",
        "fund": "commodity",
        "holder": {"name": "王建国", "id_number": None, "phone": None},
        "amount": "500.00",
        "advanced_on": "2024-01-10",
    }
    assert record("advance-petty-cash", **form).status == 0
    [row] = Feed(database.engine).rows(0, 10)
    assert "王建国" not in row.data
    assert '"holder_ref":"p' in row.data

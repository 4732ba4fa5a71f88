"""``fund interest``: the papers behind a distribution are in its events."""

import hashlib
import json

import pytest
from sqlalchemy import create_engine, text


@pytest.fixture
def paid(fund, files):
    for kind in ("units", "deposits", "bank-gains"):
        assert fund("import", kind, files[kind], "--history").status == 0
    return fund


def test_a_distribution_carries_its_papers(paid, database, tmp_path):
    paper = tmp_path / "分配方案.pdf"
    paper.write_bytes("分配方案".encode())
    book = ("--book", "532301/commodity", "--through", "2019-12-31")
    assert paid("interest", "distribute", *book, "--evidence", paper).status == 0
    made = create_engine(database.url)
    with made.connect() as connection:
        query = text("select data from log.events where topic in ('gains-distributed', 'interest-accrued')")
        recorded = [json.loads(data)["evidence"] for data in connection.scalars(query)]
    made.dispose()
    named = [{"name": "分配方案.pdf", "sha256": hashlib.sha256(paper.read_bytes()).hexdigest()}]
    assert recorded == [named, named]


def test_a_paper_that_is_not_there_is_a_wrong_usage(paid):
    book = ("--book", "532301/commodity", "--through", "2019-12-31")
    refused = paid("interest", "distribute", *book, "--evidence", "没有.pdf", "--json")
    assert (refused.status, refused.document["code"]) == (2, "usage")

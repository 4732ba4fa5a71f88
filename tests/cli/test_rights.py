"""With a token in ``FUND_TOKEN`` whatever writes keeps to the rights of its holder."""

import json

import pytest

from ledger.store.feed import Feed
from tests.cli.papers import STATEMENT, register

BOOK = "532301/commodity"


@pytest.fixture
def holding(fund, monkeypatch):
    """Act as the holder of a token."""

    def take(role, *counties):
        monkeypatch.delenv("FUND_TOKEN", raising=False)
        bound = [word for county in counties for word in ("--county", county)]
        issued = fund("token", "issue", "--name", f"{role}岗", "--role", role, *bound, "--json")
        monkeypatch.setenv("FUND_TOKEN", issued.document["token"])

    return take


@pytest.fixture
def imported(fund, files):
    """The import of deposits that may be undone."""
    done = {kind: fund("import", kind, path, "--history", "--json").document for kind, path in files.items()}
    return done["deposits"]["import"]


def recorded(database):
    return [(row.topic, json.loads(row.data)["actor"]) for row in Feed(database.engine).rows(0, 1000)]


def writes(files, imported):
    return [
        ["import", "deposits", files["deposits"], "--history"],
        ["import", "undo", imported],
        ["interest", "distribute", "--book", BOOK, "--through", "2019-12-31"],
        ["interest", "accrue", "--book", BOOK, "--on", "2019-12-31", "--bank", "PBOC"],
        ["period", "close", BOOK, "2019-12"],
        ["token", "issue", "--name", "经办二岗", "--role", "officer"],
        ["token", "revoke", "--name", "officer岗"],
        ["owner", "erase", "p-0", "--reason", "业主申请"],
    ]


@pytest.mark.parametrize("role", ["auditor", "finance"])
def test_who_only_looks_writes_nothing(fund, files, imported, holding, database, role):
    before = recorded(database)
    holding(role)
    for words in writes(files, imported):
        answer = fund(*words, "--json")
        assert (words[:2], answer.status, answer.document["code"]) == (words[:2], 1, "role-forbidden")
    assert recorded(database) == before


def test_an_officer_of_another_county_writes_nothing(fund, files, imported, holding, database, tmp_path):
    before = recorded(database)
    holding("officer", "532322")
    deposits = tmp_path / "more.csv"
    deposits.write_text(files["deposits"].read_text(encoding="utf-8").replace("6698.25", "6698.26"))
    for words in (["import", "deposits", deposits, "--history"], *writes(files, imported)[1:4]):
        answer = fund(*words, "--json")
        assert (words[:2], answer.status, answer.document["code"]) == (words[:2], 1, "county-forbidden")
    assert recorded(database) == before


@pytest.mark.parametrize(
    "words",
    [
        ["export", "hledger", "--to", "out", "--county", "532301"],
        ["export", "tables", "--to", "out", "--book", BOOK],
        ["export", "parquet", "--to", "out"],
        ["book", "pack", BOOK, "2019", "--to", "out"],
        ["book", "show", BOOK],
        ["book", "publication", BOOK, "2019"],
        ["statement", "county", "532301", "--period", "2019"],
        ["statement", "prefecture", "--period", "2019"],
    ],
)
def test_who_may_not_see_a_county_takes_nothing_of_it_home(
    fund, imported, holding, tmp_path, monkeypatch, words
):
    monkeypatch.chdir(tmp_path)
    holding("auditor", "532322")
    answer = fund(*words)
    assert (answer.status, "county-forbidden" in answer.err) == (1, True)
    assert not (tmp_path / "out").exists()


def test_who_may_see_a_county_takes_its_books_home(fund, imported, holding, tmp_path):
    holding("auditor", "532301")
    assert fund("export", "hledger", "--to", tmp_path / "one", "--county", "532301").status == 0
    assert fund("export", "hledger", "--check", tmp_path / "one").status == 0
    assert fund("book", "pack", BOOK, "2019", "--to", tmp_path / "two").status == 0


def test_who_may_not_see_a_county_is_shown_nothing_of_it(fund, imported, holding):
    everything = fund("summary", "--json").document
    place = fund("view", "show", "buildings", "--json").document["rows"][0]["building"]
    unit = fund("statement", "building", place, "--json").document["units"][0]["unit"]
    holding("finance", "532322")
    for words in (
        ["summary", "--county", "532301"],
        ["statement", "building", place],
        ["statement", "unit", place, unit],
        ["view", "show", "buildings", "--county", "532301"],
        ["deposit", "due", place],
        ["deposit", "arrears", "--county", "532301"],
        ["obligation", "list", "--county", "532301"],
        ["lots", "list", "--book", BOOK],
        ["payment", "show", "532301", "P1", "1"],
        ["repair", "show", "532301", "P1"],
        ["period", "show", BOOK, "2019-12"],
    ):
        answer = fund(*words, "--json")
        assert (answer.status, answer.document["code"]) == (1, "county-forbidden")
    assert fund("summary", "--json").document["total"]["balance"] == "0.00"
    holding("finance", "532301")
    assert fund("summary", "--json").document["total"] == everything["total"]
    assert fund("statement", "unit", place, unit, "--json").status == 0


def test_a_statement_is_no_single_county_s(fund, holding, tmp_path):
    holding("officer", "532301")
    path = register(tmp_path / "s.csv", STATEMENT, ["2413", "2020-01-02", "A1", "1.00", "", "1.00", ""])
    assert (
        fund("import", "bank-statement", path, "--history", "--json").document["code"] == "county-forbidden"
    )


def test_an_officer_of_the_county_is_named_in_what_it_writes(fund, files, imported, holding, database):
    holding("officer", "532301")
    assert fund("interest", "distribute", "--book", BOOK, "--through", "2019-12-31", "--json").status == 0
    assert ("gains-distributed", "officer岗") in recorded(database)
    assert fund("import", "deposits", files["deposits"], "--history", "--json").document["already"] == 3
    undone = fund("import", "undo", imported, "--json")
    assert undone.status == 0
    assert ("import-undone", "officer岗") in recorded(database)


def test_only_the_reviewer_closes_a_period(fund, imported, holding):
    holding("officer")
    assert fund("period", "close", BOOK, "2019-12", "--json").document["code"] == "role-forbidden"
    holding("reviewer", "532301")
    assert fund("period", "close", BOOK, "2019-12", "--json").status == 0


def test_only_an_administrator_of_all_counties_hands_out_tokens(fund, holding):
    words = ["token", "issue", "--name", "经办二岗", "--role", "officer", "--json"]
    holding("admin", "532301")
    assert fund(*words).document["code"] == "county-forbidden"
    holding("admin")
    assert fund(*words).status == 0


def test_without_a_token_it_is_the_account_of_the_machine(fund, imported, database):
    assert {actor.partition(":")[0] for _, actor in recorded(database)} == {"cli"}


@pytest.mark.parametrize(
    "name", ["", " ", "经办\u200b岗", "经办\ufe00岗", "经办\u3164", "Ａ岗", "a\nb", "x" * 65, "cli:root"]
)
def test_no_token_bears_a_name_that_looks_like_another_s(fund, name):
    answer = fund("token", "issue", "--name", name, "--role", "officer", "--json")
    assert (answer.status, answer.document["code"]) == (1, "name-invalid")

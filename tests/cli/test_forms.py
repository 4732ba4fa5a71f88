"""``fund record`` and ``fund form``: live commands as JSON documents from the command line."""

import json

import pytest
from sqlalchemy import text

from tests.cli.papers import BUILDING

PLACE = {"building": BUILDING, "unit": "0101"}


@pytest.fixture
def paper(tmp_path):
    def write(document) -> str:
        path = tmp_path / "form.json"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def housed(fund, files):
    assert fund("import", "units", files["units"], "--history").status == 0
    return fund


def persons(database) -> int:
    """How many persons are registered."""
    with database.engine.connect() as connection:
        return connection.execute(text("select count(*) from register.parties")).scalar_one()


def transfer(**more):
    return {**PLACE, "transferred_on": "2026-01-05", "owner": "李四", **more}


def test_the_forms_are_listed_and_shown(fund):
    assert "collect-deposit" in fund("form").out
    assert fund("form", "change-owner").document["required"] == [
        "building",
        "unit",
        "transferred_on",
        "owner",
    ]
    assert fund("form", "strange").status == 2


def test_a_form_is_recorded_once_under_its_key(housed, paper):
    first = housed("record", "change-owner", paper(transfer()), "--key", "a", "--json")
    assert first.status == 0
    assert first.document["events"] == [f"building/{BUILDING}@3"]
    again = housed("record", "change-owner", paper(transfer()), "--key", "a", "--json")
    assert again.document == first.document


def test_a_form_is_only_judged_in_a_dry_run(housed, paper, database):
    before = persons(database)
    checked = housed("record", "change-owner", paper(transfer()), "--dry-run", "--json")
    assert (checked.status, checked.document) == (0, {"position": None, "events": []})
    refused = housed("record", "change-owner", paper(transfer(unit="9")), "--dry-run", "--json")
    assert (refused.status, refused.document["code"]) == (1, "unit-unknown")
    assert persons(database) == before
    assert housed("record", "change-owner", paper(transfer())).status == 0
    assert persons(database) == before + 1


def test_what_is_wrong_is_told_by_its_field(housed, paper):
    wrong = housed("record", "change-owner", paper(transfer(owner=5)), "--json")
    assert (wrong.status, wrong.document["errors"][0]["field"]) == (1, "owner")
    broken = housed("record", "change-owner", paper(transfer()) + "x")
    assert broken.status == 2
    assert housed("record", "strange", paper({})).status == 2


def test_a_token_brings_its_name_and_its_rights(housed, paper, monkeypatch):
    issued = housed("token", "issue", "--name", "经办岗", "--role", "officer", "--county", "532301", "--json")
    monkeypatch.setenv("FUND_TOKEN", issued.document["token"])
    assert housed("record", "change-owner", paper(transfer())).status == 0
    monkeypatch.delenv("FUND_TOKEN")
    auditor = housed(
        "token", "issue", "--name", "审计岗", "--role", "auditor", "--county", "532301", "--json"
    )
    monkeypatch.setenv("FUND_TOKEN", auditor.document["token"])
    refused = housed("record", "change-owner", paper(transfer(owner="赵六")), "--json")
    assert (refused.status, refused.document["code"]) == (1, "role-forbidden")
    monkeypatch.setenv("FUND_TOKEN", "strange")
    assert housed("record", "change-owner", paper(transfer()), "--json").document["code"] == "unauthenticated"

"""``fund owner``: persons are masked by role, and one who is erased leaves every balance and proof intact."""

import pytest
from sqlalchemy import create_engine, text

from tests.cli.papers import BUILDING


@pytest.fixture
def recorded(fund, files):
    for kind in ("units", "deposits", "bank-gains"):
        assert fund("import", kind, files[kind], "--history").status == 0
    return fund


def owner(fund, unit="0101"):
    return fund("owner", "show", BUILDING, unit, "--json").document["owners"][-1]


def hold(fund, monkeypatch, role, county="532301"):
    issued = fund("token", "issue", "--name", f"{role}岗", "--role", role, "--county", county, "--json")
    monkeypatch.setenv("FUND_TOKEN", issued.document["token"])


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("officer", "业主0101"),
        ("reviewer", "业主0101"),
        ("admin", "业主0101"),
        ("auditor", "业*****"),
        ("finance", "业*****"),
    ],
)
def test_who_sees_what(recorded, monkeypatch, role, name):
    assert owner(recorded)["name"] == "业*****"
    hold(recorded, monkeypatch, role)
    assert owner(recorded)["name"] == name


def test_another_countys_owners_are_not_shown(recorded, monkeypatch):
    hold(recorded, monkeypatch, "officer", "532322")
    refused = recorded("owner", "show", BUILDING, "0101", "--json")
    assert (refused.status, refused.document["code"]) == (1, "county-forbidden")


def test_an_unknown_unit(recorded):
    assert recorded("owner", "show", BUILDING, "9", "--json").document["code"] == "unit-unknown"


@pytest.mark.slow
def test_an_erased_person_leaves_every_balance_and_proof_intact(recorded, database):
    assert (
        recorded("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31").status
        == 0
    )
    before = recorded("summary", "--json").document["total"]
    ref = owner(recorded)["ref"]
    assert recorded("owner", "erase", ref, "--reason", "业主申请〔2026〕1号").status == 0
    assert owner(recorded) == {
        "ref": ref,
        "name": "（已删除）",
        "id_number": None,
        "phone": None,
        "since": None,
        "deed_no": None,
    }
    assert owner(recorded, "0102")["name"] == "业*****"
    assert recorded("summary", "--json").document["total"] == before
    assert recorded("audit", "verify").status == 0
    assert recorded("rebuild", "--check").status == 0
    made = create_engine(database.admin_url.replace("postgresql://", "postgresql+psycopg2://"))
    with made.connect() as connection:
        query = text("select octet_length(sealed) from register.parties where ref = :ref")
        assert connection.scalar(query, {"ref": ref}) == 0
    made.dispose()
    again = recorded("owner", "erase", ref, "--reason", "再次申请", "--json")
    assert (again.status, again.document["code"]) == (1, "already-erased")


def test_only_an_admin_erases_and_only_whom_there_is(recorded, monkeypatch):
    ref = owner(recorded)["ref"]
    assert recorded("owner", "erase", "p0", "--reason", "x", "--json").document["code"] == "party-unknown"
    blank = recorded("owner", "erase", ref, "--reason", " ", "--json")
    assert blank.document["code"] == "reason-missing"
    hold(recorded, monkeypatch, "officer")
    refused = recorded("owner", "erase", ref, "--reason", "申请", "--json")
    assert refused.document["code"] == "role-forbidden"

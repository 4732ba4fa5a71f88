"""An officer's day at the command line: registers in, interest, views, audit; exact documents."""

import json

import pytest
from sqlalchemy import create_engine, text

from ledger.store.feed import Feed
from tests.cli.papers import BUILDING, DEPOSITS, INCOME, OPENING, REFUNDS, STATEMENT, TRANSFERS, register

TOTALS = {
    "collected": "24387.25",
    "deposits": "23387.25",
    "growth": "1000.00",
    "withdrawn": "0.00",
    "refunded": "0.00",
    "other": "0.00",
    "balance": "24387.25",
    "undistributed": "0.00",
    "estates": 1,
    "buildings": 1,
    "units": 3,
}


@pytest.fixture
def recorded(fund, files):
    """The registers imported and the gain distributed; the answers by step."""
    answers = {
        kind: fund("import", kind, path, "--history", "--json").document for kind, path in files.items()
    }
    answers["interest"] = fund(
        "interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31", "--json"
    ).document
    return answers


def topics(database):
    return [row.topic for row in Feed(database.engine).rows(0, 1000)]


def test_the_answer_of_an_import(recorded):
    found = recorded["deposits"]
    assert found.pop("import").startswith("imp-")
    assert found.pop("position").isdigit()
    assert found == {"rows": 3, "accepted": 3, "already": 0, "refused": 0, "problems": []}


def test_the_same_file_twice_changes_nothing(fund, files, recorded, database):
    before = topics(database)
    again = fund("import", "deposits", files["deposits"], "--history", "--json")
    assert again.status == 0
    assert (again.document["accepted"], again.document["already"]) == (0, 3)
    assert topics(database) == before


def test_a_register_with_problems_is_refused_whole(fund, recorded, database, tmp_path):
    before = topics(database)
    path = register(
        tmp_path / "wrong.csv",
        DEPOSITS,
        [BUILDING, "0101", "续交", "10.00", "2019-02-01", "9"],
        [BUILDING, "0999", "续交", "ten", "2019-02-01", "10"],
    )
    answer = fund("import", "deposits", path, "--json")
    assert answer.status == 1
    assert answer.document["accepted"] == 0
    assert answer.document["position"] is None
    assert answer.document["problems"][0] == {
        "file": "wrong.csv",
        "sheet": None,
        "row": 3,
        "column": "交存金额",
        "code": "amount-invalid",
        "message": "“ten”不是金额",
    }
    assert topics(database) == before


def test_a_dry_run_adds_nothing(fund, files, database):
    answer = fund("import", "units", files["units"], "--history", "--dry-run", "--json")
    assert answer.status == 0
    assert answer.document["problems"] == []
    assert topics(database) == []


def test_an_import_is_undone_once_and_its_file_may_come_again(fund, files, recorded, database):
    name = recorded["deposits"]["import"]
    before = topics(database)
    would_be = fund("import", "undo", name, "--dry-run", "--json")
    assert (would_be.status, would_be.document["position"], topics(database)) == (0, None, before)

    answer = fund("import", "undo", name, "--json")

    assert answer.status == 0
    found = answer.document
    assert found.pop("position").isdigit()
    assert found == {"import": name, "reversed": 1}
    assert topics(database) == [*before, "import-undone", "entry-reversed"]
    statement = fund("statement", "unit", BUILDING, "0101", "--json").document
    assert [line["amount"] for line in statement["lines"] if line["kind"] == "deposit"] == [
        "6698.25",
        "-6698.25",
    ]
    again = fund("import", "undo", name, "--json")
    assert (again.status, again.document["code"]) == (1, "already-undone")
    assert fund("import", "deposits", files["deposits"], "--history", "--json").document["accepted"] == 3
    assert fund("audit", "verify", "--json").document["problems"] == []


def test_units_cannot_be_undone(fund, recorded, database):
    name = recorded["units"]["import"]
    answer = fund("import", "undo", name)
    assert answer.status == 1
    assert "（units-registered），不能撤销" in answer.err
    assert topics(database)[-1] == "command-refused"


def test_the_answer_of_a_distribution_and_its_refusal_the_second_time(fund, recorded):
    found = recorded["interest"]
    assert found.pop("position").isdigit()
    assert found == {
        "book": "532301/commodity",
        "through": "2019-12-31",
        "pool": "1000.00",
        "buildings": 1,
        "units": 3,
    }
    again = fund("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31", "--json")
    assert again.status == 1
    assert again.document["code"] == "boundary-not-later"
    assert again.document["type"] == "urn:fund-ledger:problem:boundary-not-later"
    assert again.document["status"] == 422
    assert again.document["title"] == "按规则拒绝"


def test_the_summary(fund, recorded):
    answer = fund("summary", "--json")
    county = {"code": "532301", "name": "楚雄市", **TOTALS}
    assert answer.status == 0
    assert answer.document == {
        "as_of": None,
        "known_at": None,
        "position": recorded["interest"]["position"],
        "total": TOTALS,
        "counties": [county],
    }


def test_the_summary_as_of_and_as_known_at(fund, recorded):
    before = fund("summary", "--as-of", "2018-12-31", "--json").document
    assert (before["as_of"], before["total"]["collected"]) == ("2018-12-31", "0.00")
    known = fund("summary", "--known-at", recorded["units"]["position"], "--json").document
    assert (known["position"], known["total"]["units"]) == (recorded["units"]["position"], 3)
    assert known["total"]["collected"] == "0.00"
    elsewhere = fund("summary", "--county", "532331", "--json").document
    assert elsewhere["counties"] == []


def test_a_statement(fund, recorded):
    found = fund("statement", "unit", BUILDING, "0101", "--json").document
    assert (found["balance"], found["principal"], found["interest"]) == ("6984.66", "6698.25", "286.41")
    assert [
        (line["value_date"], line["kind"], line["amount"], line["balance"]) for line in found["lines"]
    ] == [
        ("2019-01-01", "deposit", "6698.25", "6698.25"),
        ("2019-12-31", "interest", "286.41", "6984.66"),
    ]
    assert found["lines"][0]["event"] == f"building/{BUILDING}@3"
    cut = fund("statement", "unit", BUILDING, "0101", "--as-of", "2019-12-30", "--json").document
    assert cut["balance"] == "6698.25"


def test_a_statement_of_nobody(fund, recorded):
    answer = fund("statement", "unit", BUILDING, "9999", "--json")
    assert answer.status == 1
    assert answer.document["code"] == "unit-unknown"


def test_audit_and_verification(fund, recorded):
    audited = fund("audit", "run", "--json")
    assert audited.status == 0
    assert set(audited.document) == {"position", "events", "findings"}
    assert audited.document["position"] == recorded["interest"]["position"]
    verified = fund("audit", "verify", "--json")
    assert verified.status == 0
    assert verified.document == {"ok": True, "events": audited.document["events"], "problems": []}


@pytest.mark.slow
def test_a_changed_balance_is_named_and_healed(fund, recorded, database):
    owner = create_engine(database.admin_url.replace("postgresql://", "postgresql+psycopg2://"))
    with owner.begin() as connection:
        connection.execute(
            text("update read.accounts set principal_fen = principal_fen + 1 where unit = '0101'")
        )
    owner.dispose()

    verified = fund("audit", "verify", "--json")
    assert verified.status == 1
    assert [problem["table"] for problem in verified.document["problems"]] == ["read.accounts"]
    assert BUILDING in verified.document["problems"][0]["key"]

    checked = fund("rebuild", "--check", "--json")
    assert checked.status == 1
    assert set(checked.document) == {"ok", "position", "events", "seconds", "differences", "cleared"}
    assert checked.document["ok"] is False
    assert [found["table"] for found in checked.document["differences"]] == ["read.accounts"]

    assert fund("rebuild", "--json").document["ok"] is True
    assert fund("rebuild", "--check", "--json").status == 0
    assert fund("audit", "verify", "--json").status == 0


def test_verification_explains_an_event_nobody_can_read(fund, recorded, database):
    owner = create_engine(database.admin_url.replace("postgresql://", "postgresql+psycopg2://"))
    with owner.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(
            text(
                "insert into log.events select position + 1, 'building/x', 1, topic, schema, recorded_at, '{'"
                " from log.events order by position desc limit 1"
            )
        )
    owner.dispose()
    answer = fund("audit", "verify", "--json")
    assert answer.status == 1
    assert "event-unreadable" in {problem["kind"] for problem in answer.document["problems"]}
    assert fund("audit", "run", "--known-at", "2999-01-01", "--json").status == 0
    stopped = fund("summary", "--json")
    assert stopped.status == 1
    assert stopped.document["code"] == "projection-stopped"


def test_people_read_tables(fund, recorded):
    shown = fund("summary")
    assert "楚雄市" in shown.out
    assert "24,387.25" in shown.out
    assert "分户账" in fund("statement", "unit", BUILDING, "0101").out
    assert "核对无误" in fund("audit", "verify").out
    assert "疑点" in fund("audit", "run").out


def test_a_template_is_written_once(fund, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert fund("register", "template", "deposits").out == "deposits.xlsx\n"
    assert (tmp_path / "deposits.xlsx").stat().st_size > 0
    again = fund("register", "template", "deposits")
    assert again.status == 1
    assert "已存在" in again.err


def test_a_token_is_shown_once_and_revoked(fund, database):
    issued = fund("token", "issue", "--name", "审计岗", "--role", "auditor", "--county", "532301", "--json")
    assert issued.status == 0
    assert set(issued.document) == {"token", "name", "role", "counties", "expires_at"}
    assert issued.document["counties"] == ["532301"]
    with database.engine.connect() as connection:
        stored = connection.execute(text("select token_hash, name, role, counties from access.tokens")).all()
    assert len(stored) == 1
    assert issued.document["token"].encode() not in bytes(stored[0].token_hash)
    assert (stored[0].name, stored[0].role, stored[0].counties) == ("审计岗", "auditor", ["532301"])
    assert fund("token", "revoke", "--name", "审计岗").status == 0
    assert fund("token", "revoke", "--name", "审计岗").status == 1


def test_live_rows_are_judged(fund, recorded, database, tmp_path):
    before = topics(database)
    used = register(
        tmp_path / "used.csv",
        DEPOSITS,
        [BUILDING, "0101", "续交", "1.00", "2020-01-01", "00000001"],
    )
    answer = fund("import", "deposits", used, "--json")
    assert answer.status == 1
    assert [problem["code"] for problem in answer.document["problems"]] == ["receipt-used"]
    assert topics(database) == before


@pytest.mark.slow
def test_openings_and_incomes_reach_totals_statements_and_the_audit(fund, files, tmp_path):
    opening = register(
        tmp_path / "opening.csv", OPENING, [BUILDING, "0101", "100.00", "5.00", "2018-12-31", "移交清册"]
    )
    income = register(
        tmp_path / "income.csv", INCOME, [BUILDING, "经营收入", "1,000.00", "2019-06-30", "B-9", "电梯广告"]
    )
    assert fund("import", "units", files["units"], "--json").document["accepted"] == 3
    for kind, path in (("opening", opening), ("income", income)):
        done = fund("import", kind, path, "--json").document
        assert (done["accepted"], done["problems"]) == (1, [])
        assert fund("import", kind, path, "--json").document["already"] == 1

    totals = fund("summary", "--json").document["total"]
    assert {name: totals[name] for name in ("deposits", "growth", "collected", "other", "balance")} == {
        "deposits": "100.00",
        "growth": "5.00",
        "collected": "105.00",
        "other": "1000.00",
        "balance": "1105.00",
    }
    assert totals["undistributed"] == "0.00"
    assert "1,000.00" in fund("summary").out
    statement = fund("statement", "unit", BUILDING, "0101", "--json").document
    assert (statement["balance"], statement["principal"], statement["interest"]) == (
        "391.41",
        "386.41",
        "5.00",
    )
    assert [line["kind"] for line in statement["lines"]] == ["opening", "income"]
    shown = fund("statement", "unit", BUILDING, "0101").out
    assert "期初" in shown
    assert "收入" in shown
    assert fund("import", "bank-gains", files["bank-gains"], "--json").document["accepted"] == 1
    through = ("--through", "2019-12-31", "--json")
    assert fund("interest", "distribute", "--book", "532301/commodity", *through).document["units"] == 3
    assert fund("audit", "run", "--json").document["findings"] == []
    assert fund("audit", "verify", "--json").document["ok"] is True
    assert fund("rebuild", "--check", "--json").document["ok"] is True


@pytest.mark.slow
def test_json_is_one_document_and_nothing_else(fund, recorded):
    for arguments in (
        ("summary",),
        ("audit", "run"),
        ("audit", "verify"),
        ("rebuild",),
        ("rebuild", "--check"),
        ("statement", "unit", BUILDING, "0101"),
        ("statement", "unit", BUILDING, "none"),
    ):
        answer = fund(*arguments, "--json")
        assert json.loads(answer.out)
        assert answer.out.count("\n") == 1


@pytest.mark.slow
def test_refunds_and_changes_of_owner_reach_totals_statements_and_the_audit(
    fund, files, recorded, database, tmp_path
):
    refund = [BUILDING, "0101", "698.25", "2020-03-01", "多交", "00000001"]
    files = {
        "refunds": register(tmp_path / "refunds.csv", REFUNDS, refund),
        "transfers": register(
            tmp_path / "transfers.csv", TRANSFERS, [BUILDING, "0101", "2020-06-30", "段思平"]
        ),
    }
    for kind, path in files.items():
        done = fund("import", kind, path, "--json").document
        assert (done["accepted"], done["problems"]) == (1, [])
        assert fund("import", kind, path, "--json").document["already"] == 1
    again = register(tmp_path / "again.csv", REFUNDS, [*refund[:2], "6000.01", *refund[3:]])
    refused = fund("import", "refunds", again, "--json")
    assert refused.status == 1
    assert [(each["row"], each["column"], each["code"]) for each in refused.document["problems"]] == [
        (2, "退款金额", "refund-exceeds")
    ]

    totals = fund("summary", "--json").document["total"]
    changed = {"refunded": "698.25", "balance": "23689.00"}
    assert totals == TOTALS | changed
    statement = fund("statement", "unit", BUILDING, "0101", "--json").document
    assert [(line["kind"], line["amount"]) for line in statement["lines"]][-1] == ("refund", "-698.25")
    assert "退款" in fund("statement", "unit", BUILDING, "0101").out
    with database.engine.connect() as connection:
        owner, first = connection.execute(
            text("select owner_ref, first_deposit_fen from read.accounts where unit = '0101'")
        ).one()
        proof = connection.execute(
            text("select data from log.events where topic = 'owner-changed'")
        ).scalar_one()
    assert first == 600_000
    assert json.loads(proof)["owner_ref"] == owner
    held = json.loads(proof)["principal_fen"] + json.loads(proof)["interest_fen"]
    assert f"{held // 100}.{held % 100:02d}" == statement["balance"]
    assert "段思平" not in proof
    assert fund("rebuild", "--check", "--json").status == 0
    verified = fund("audit", "verify", "--json")
    assert (verified.status, verified.document["problems"]) == (0, [])


@pytest.mark.slow
def test_a_statement_of_the_bank_is_matched_and_broken_balances_are_found(fund, recorded, tmp_path):
    gain = ["6222", "2019-12-21", "", "1,000.00", "", "1,000.00", "结息"]
    fee = ["6222", "2019-12-22", "F1", "", "2.00", "998.00", "手续费"]
    path = register(tmp_path / "bank.csv", STATEMENT, fee, gain)
    done = fund("import", "bank-statement", path, "--json").document
    assert (done["accepted"], done["problems"]) == (2, [])
    assert fund("import", "bank-statement", path, "--json").document["already"] == 2

    found = fund("bank", "match", "--account", "6222", "--json")
    assert found.status == 0
    assert found.document == {
        "account": "6222",
        "from": "2019-12-21",
        "to": "2019-12-22",
        "position": done["position"],
        "lines": 2,
        "matched": 1,
        "days": [
            {
                "day": "2019-12-22",
                "bank": [
                    {
                        "event": "bank/6222@2",
                        "line": 0,
                        "amount": "-2.00",
                        "bank_ref": "F1",
                        "text": "手续费",
                        "reason": "missing",
                    }
                ],
                "ledger": [],
            }
        ],
    }
    whole = fund("bank", "match", "--account", "6222", "--from", "2019-01-01", "--to", "2019-12-21", "--json")
    (day,) = whole.document["days"]
    assert (day["day"], day["bank"]) == ("2019-01-01", [])
    assert [(line["amount"], line["text"]) for line in day["ledger"]] == [
        ("6698.25", "deposit"),
        ("7685.25", "deposit"),
        ("9003.75", "deposit"),
    ]
    shown = fund("bank", "match", "--account", "6222").out
    assert "勾对 1 笔，未达 1 笔" in shown
    assert "仅银行有" in shown
    assert fund("bank", "match", "--account", "9", "--json").document["code"] == "account-unknown"

    broken = register(tmp_path / "more.csv", STATEMENT, ["6222", "2019-12-23", "", "1.00", "", "1.00", ""])
    refused = fund("import", "bank-statement", broken, "--json")
    assert [(each["column"], each["code"]) for each in refused.document["problems"]] == [
        ("余额", "balance-broken")
    ]
    assert fund("audit", "run", "--json").document["findings"] == []
    assert fund("import", "bank-statement", broken, "--history", "--json").document["accepted"] == 1
    (finding,) = fund("audit", "run", "--json").document["findings"]
    assert (finding["rule"], finding["amount"], finding["county"]) == ("I35", "998.00", "532301")
    assert finding["events"] == ["bank/6222@2", "bank/6222@3"]
    assert fund("audit", "verify", "--json").document["ok"] is True
    assert fund("rebuild", "--check", "--json").document["ok"] is True


def test_a_month_is_closed_and_what_comes_later_is_a_correction_of_the_next(fund, recorded, files, tmp_path):
    closed = fund("period", "close", "532301/commodity", "2019-01", "--json").document
    assert (closed["closed"], closed["fixed"], closed["from"], closed["to"]) == (
        "book/532301/commodity@4",
        True,
        "2019-01-01",
        "2019-01-31",
    )
    assert [(line["kind"], line["entries"], line["amount"]) for line in closed["lines"]] == [
        ("deposit", 3, "23387.25")
    ]
    late = register(
        tmp_path / "late.csv", DEPOSITS, [BUILDING, "0101", "续交", "1.00", "2019-01-05", "00000009"]
    )
    fund("import", "deposits", late, "--history", "--json")
    again = fund("period", "show", "532301/commodity", "2019-01", "--json").document
    assert again | {"position": closed["position"]} == closed
    following = fund("period", "show", "532301/commodity", "2019-02", "--json").document
    assert [(each["period"], each["lines"][0]["amount"]) for each in following["corrections"]] == [
        ("2019-01", "1.00")
    ]
    assert (following["opening"], following["closing"]) == ("23387.25", "23388.25")
    before = fund(
        "period", "show", "532301/commodity", "2019-01", "--known-at", int(closed["closed_at"]) - 1, "--json"
    ).document
    assert (before["closed"], before["lines"]) == (None, closed["lines"])
    shown = fund("period", "show", "532301/commodity", "2019-02")
    assert shown.status == 0
    assert "更正 2019-01" in shown.out
    assert "交存" in shown.out
    refused = fund("period", "close", "532301/commodity", "2019-01", "--json")
    assert (refused.status, refused.document["code"]) == (1, "period-closed")
    wrong = fund("period", "show", "532301/commodity", "2019-13", "--json")
    assert (wrong.status, wrong.document["code"]) == (2, "period-invalid")
    assert fund("audit", "verify", "--json").document["problems"] == []

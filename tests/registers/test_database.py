"""The same door with the real log and the real register of persons behind it."""

from datetime import date

import pytest
from sqlalchemy import text

from ledger.application import Application
from ledger.policy import load
from ledger.registers import import_files
from ledger.store.parties import Parties


@pytest.fixture
def take(database, event_log, office):
    application = Application(event_log, load(), office.clock)
    parties = Parties(database.engine, bytes(range(32)))

    def imported(kind, *paths, history=True, dry_run=False):
        return import_files(
            kind,
            paths,
            application=application,
            parties=parties,
            history=history,
            dry_run=dry_run,
            actor="officer",
        )

    return imported


def count(database, table):
    with database.engine.connect() as connection:
        return connection.execute(text(f"select count(*) from {table}")).scalar_one()


@pytest.mark.slow
def test_registers_reach_the_database_once(database, event_log, office, take):
    units = office.xlsx("清册.xlsx", "units", [office.unit(), office.unit(户号="0102", 证件号码="")])
    deposits = office.csv(
        "交存.csv", "deposits", [office.deposit(), office.deposit(户号="0102", 交款人="某公司")]
    )
    repairs = office.xlsx("维修.xlsx", "repairs", [office.repair(收款单位="杨建国")])

    for kind, path, rows in (("units", units, 2), ("deposits", deposits, 2), ("repairs", repairs, 1)):
        result = take(kind, path)
        assert (result.accepted, result.already, result.problems) == (rows, 0, ())
        assert result.position > 0
        again = take(kind, path)
        assert (again.accepted, again.already, again.position) == (0, rows, None)

    registered = event_log.events("building/E001-01")[1].lines
    deposit = event_log.events("building/E001-01")[2]
    assert deposit.value_date == date(2010, 7, 1)
    assert [
        line.payer_ref == unit.owner_ref for line, unit in zip(deposit.lines, registered, strict=True)
    ] == [
        True,
        False,
    ]
    assert count(database, "log.rows") == 5
    # Two owners, one payer, handler, approver, and the person paid.
    assert count(database, "register.parties") == 6
    with database.engine.connect() as connection:
        stored = "".join(connection.execute(text("select data from log.events")).scalars())
    assert not any(name in stored for name in ("普丽", "某公司", "杨建国", "李芳", "罗军", "13800000001"))


@pytest.mark.slow
def test_a_refused_register_leaves_neither_events_nor_persons(database, event_log, office, take):
    take("units", office.xlsx("清册.xlsx", "units", [office.unit()]))
    before = [count(database, table) for table in ("log.events", "log.rows", "register.parties")]
    rows = [office.deposit(交款人="新来的人"), office.deposit(户号="0909")]

    result = take("deposits", office.xlsx("交存.xlsx", "deposits", rows))

    assert [(problem.row, problem.code) for problem in result.problems] == [(3, "unit-unknown")]
    assert take("deposits", office.xlsx("好.xlsx", "deposits", rows[:1]), dry_run=True).accepted == 1
    assert [count(database, table) for table in ("log.events", "log.rows", "register.parties")] == before

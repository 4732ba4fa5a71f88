"""Four officers grasp at the same money in the same moment: it leaves once, and the others are refused."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing.synchronize import Barrier
from typing import Final

import pytest

from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    ClosePeriod,
    Command,
    DestroyBuilding,
    HandOver,
    MatureDeposit,
    NewUnit,
    ObligationPart,
    PayObligation,
    PayRepair,
    PlaceDeposit,
    Recording,
    Refund,
    RefundDeposit,
    ReturnRepairMoney,
    ReverseEntry,
    SplitUnit,
    UndoImport,
)
from ledger.errors import Busy, Refused
from ledger.events import Payee, RepairApproved, RepairProposed
from ledger.log import Change
from ledger.store.bridge import EventLog
from ledger.store.engine import engine
from ledger.store.feed import Feed

OFFICERS, ROUNDS = 4, 5
NOW: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
AREAS = {"101": 8931, "102": 10247}
PAID = 1_000_000
BOOK = {"county": "532301", "fund": "commodity"}
REPAIR = {"county": "532301", "project": "P1"}
FIRM = Payee(kind="firm", name="楚雄某建筑公司", account="6222")

_at_once: Barrier


def begin_at_once(barrier: Barrier) -> None:
    """What every process has before the race begins."""
    global _at_once
    _at_once = barrier


def grasp(url: str, officer: int, command: Command) -> str:
    """Wait for the others, then carry out: "" if done, else the code of the refusal; busy means again."""
    made = engine(url)
    application = Application(EventLog(made), policy.load(), lambda: NOW)
    try:
        with made.connect():
            _at_once.wait()
        while True:
            try:
                application.execute([command], Recording(actor=f"officer-{officer}"))
            except Busy:
                continue
            except Refused as refused:
                return refused.refusals[0].code
            return ""
    finally:
        made.dispose()


@pytest.fixture(scope="module")
def race():
    """Let each of four processes carry out one command, all at once; how they ended."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(OFFICERS)
    with ProcessPoolExecutor(OFFICERS, spawn, initializer=begin_at_once, initargs=(barrier,)) as pool:

        def run(url: str, wishes: Sequence[Command]) -> list[str]:
            tasks = [pool.submit(grasp, url, officer, wish) for officer, wish in enumerate(wishes)]
            return [task.result(timeout=60) for task in tasks]

        yield run


@pytest.fixture
def office(event_log, new_office):
    return new_office(event_log)


def housed(office, code):
    """A building of two units with money; the first deposit has a receipt and is event 3."""
    office.register(code, AREAS)
    office.execute(office.deposit(code, "101", PAID, date(2011, 1, 1), f"R{code}"))
    office.execute(office.deposit(code, "102", PAID, date(2011, 1, 1)))


def approved(office, code):
    """A repair of 600,000 fen that was approved."""
    about = {"recorded_at": NOW, "value_date": DAY, "origin": "live", "policy": "p1"}
    proposed = RepairProposed(
        **about,
        actor="clerk",
        project=code,
        county="532301",
        estate="E1",
        buildings=(code,),
        object="屋面",
        content="屋面防水翻修",
        emergency=True,
        budget_fen=600_000,
    )
    fixed = RepairApproved(**about, actor="head", amount_fen=600_000)
    office.log.append([Change(f"repair/532301/{code}", 0, (proposed, fixed))])


def pay(code, amount_fen=400_000):
    return PayRepair(
        county="532301", project=code, stage="first", amount_fen=amount_fen, paid_on=DAY, payee=FIRM
    )


def refund(code):
    line = Refund(unit="101", amount_fen=PAID, receipt_no=f"R{code}", payee_ref="p-1")
    return RefundDeposit(building=code, reason="cancelled", refunded_on=DAY, lines=(line,))


def hand_over(code):
    return HandOver(buildings=(code,), noticed_on=DAY, handed_on=DAY, assembly="鹿城小区业主大会")


def destroy(code):
    return DestroyBuilding(building=code, destroyed_on=DAY, document="楚政灭〔2026〕1号")


def obliged(office, code):
    housed(office, code)
    office.execute(destroy(code))


def owed(office, code):
    version = len(office.building_events(code))
    parts = (ObligationPart(line=0, amount_fen=PAID),)
    return PayObligation(
        building=code,
        obligation=f"building/{code}@{version}",
        paid_on=DAY,
        lines=parts,
        payee_ref="p-1",
        reason="继承公证书",
    )


def paid(office, code):
    """A repair with one payment."""
    housed(office, code)
    approved(office, code)
    office.execute(pay(code))


def back(code):
    return ReturnRepairMoney(
        county="532301",
        project=code,
        payment=f"repair/532301/{code}@3",
        amount_fen=400_000,
        returned_on=DAY,
        reason="审减",
    )


def with_lot(office, code):
    placed = PlaceDeposit(
        **BOOK,
        lot=code,
        kind="time",
        bank="农行",
        amount_fen=PAID,
        rate_bp=165,
        placed_on=date(2025, 1, 1),
        term_months=12,
    )
    office.execute(placed)


def mature(code):
    return MatureDeposit(**BOOK, lot=code, ended_on=DAY, interest_fen=16_500)


def imported(office, code):
    office.register(code, AREAS)
    office.application.execute(
        [office.deposit(code, "101", PAID, date(2011, 1, 1), f"R{code}")],
        Recording(actor="clerk", origin="history", import_id=f"imp-{code}"),
        rows=[code.encode()],
    )


def split(code):
    into = tuple(NewUnit(unit=unit, area_dm2=area) for unit, area in (("1011", 4000), ("1012", 4931)))
    return SplitUnit(building=code, unit="101", into=into, changed_on=DAY, document_no="测字1号")


def with_repair(office, code):
    housed(office, code)
    approved(office, code)


CASES = {
    "an obligation": (obliged, lambda office, code: [owed(office, code)] * 4),
    "a repair beyond its approval": (with_repair, lambda _, code: [pay(code)] * 4),
    "a refund": (housed, lambda _, code: [refund(code)] * 4),
    "a lot": (with_lot, lambda _, code: [mature(code)] * 4),
    "custody": (housed, lambda _, code: [hand_over(code)] * 4),
    "money of a repair that came back": (paid, lambda _, code: [back(code)] * 4),
    "a reversal": (
        housed,
        lambda _, code: [ReverseEntry(stream=f"building/{code}", version=3, reason="串户")] * 4,
    ),
    "a refund or the undoing of its import": (
        imported,
        lambda _, code: [refund(code), UndoImport(import_id=f"imp-{code}")] * 2,
    ),
    "a refund or the reversal of its deposit": (
        housed,
        lambda _, code: [refund(code), ReverseEntry(stream=f"building/{code}", version=3, reason="串户")] * 2,
    ),
    "custody or destruction": (housed, lambda _, code: [hand_over(code), destroy(code)] * 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_money_leaves_once(race, office, database, name):
    begin, wishes = CASES[name]
    for number in range(ROUNDS):
        code = f"B{number}"
        begin(office, code)
        ended = race(database.url, wishes(office, code))
        first_only = {"custody or destruction": {1, 2}}.get(name, {1})
        assert ended.count("") in first_only, ended
        for state in office.application.buildings([code]).values():
            assert all(account.balance_fen >= 0 for account in state.accounts.values())
    assert list(consistency(replay(Feed(database.engine)))) == []


@pytest.mark.slow
def test_a_split_and_deposits_into_what_it_closes(race, office, database):
    """A deposit lands before the split and moves with it, or is refused; no fen lies in a closed account."""
    for number in range(ROUNDS):
        code = f"B{number}"
        housed(office, code)
        amounts = (1, 2, 4)
        deposits = [office.deposit(code, "101", fen, DAY, f"S{code}{fen}", kind="top-up") for fen in amounts]
        ended = race(database.url, [split(code), *deposits])
        assert ended[0] == ""
        taken = sum(fen for fen, code in zip(amounts, ended[1:], strict=True) if code == "")
        held = office.balances(code)
        assert held[code, "101"] == (0, 0)
        assert held[code, "1011"][0] + held[code, "1012"][0] == PAID + taken
    assert list(consistency(replay(Feed(database.engine)))) == []


@pytest.mark.slow
def test_a_month_is_closed_once(race, office, database):
    housed(office, "B1")
    ended = race(database.url, [ClosePeriod(**BOOK, period="2026-10")] * 4)
    assert ended.count("") == 1

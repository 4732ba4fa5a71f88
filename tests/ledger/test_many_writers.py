"""Many officers at once: eight processes on one building, and a distribution while deposits keep arriving."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime
from random import Random
from threading import Event as Signal

import pytest

from ledger import policy
from ledger.application import Application
from ledger.commands import CollectDeposit, Recording
from ledger.errors import Busy
from ledger.events import DepositCollected, DepositLine, GainsDistributed, InterestAccrued
from ledger.sharing import share
from ledger.store.bridge import EventLog
from ledger.store.engine import engine

AREAS = {"101": 8931, "102": 10247, "103": 12005}
PROCESSES, COMMANDS = 8, 500
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
T1 = date(2012, 12, 31)


def deposit(
    unit: str, fen: int, receipt: str | None = None, on: date = T1, code: str = "B1"
) -> CollectDeposit:
    line = DepositLine(unit=unit, amount_fen=fen, receipt_no=receipt)
    return CollectDeposit(building=code, kind="top-up", value_date=on, lines=(line,))


def persistently(application: Application, command: CollectDeposit, key: str) -> None:
    """As an officer's program does: busy means again, with the same key."""
    recording = Recording(actor=key.partition("-")[0], key=key, digest=key.encode())
    while True:
        try:
            application.execute([command], recording)
        except Busy:
            continue
        return


def one_officer(url: str, number: int) -> int:
    """500 deposits of random amounts, each asked for twice now and then; returns the sum in fen."""
    random = Random(number)
    made = engine(url)
    application = Application(EventLog(made), policy.load(), lambda: NOW)
    total = 0
    for index in range(COMMANDS):
        fen = random.randint(1, 10**6)
        command = deposit(random.choice(sorted(AREAS)), fen, f"{number}-{index}")
        for _ in range(random.choice((1, 1, 1, 2))):
            persistently(application, command, f"officer{number}-{index}")
        total += fen
    made.dispose()
    return total


@pytest.mark.slow
def test_eight_processes_on_one_building_lose_and_double_nothing(event_log, new_office, database):
    office = new_office(event_log)
    office.register("B1", AREAS)
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        sums = list(pool.map(one_officer, [database.url] * PROCESSES, range(PROCESSES)))
    events = [event for event in event_log.events("building/B1") if isinstance(event, DepositCollected)]
    assert len(events) == PROCESSES * COMMANDS
    receipts = [line.receipt_no for event in events for line in event.lines]
    assert sorted(receipts) == sorted(f"{n}-{i}" for n in range(PROCESSES) for i in range(COMMANDS))
    held = office.application.buildings(["B1"])["B1"].accounts
    assert sum(account.balance_fen for account in held.values()) == sum(sums)
    assert sum(line.amount_fen for event in events for line in event.lines) == sum(sums)


def arriving(application: Application, number: int, stop: Signal) -> int:
    """Deposits of one officer over all buildings until the signal; returns how many."""
    random = Random(number)
    done = 0
    while not stop.is_set():
        code = f"B{random.randint(1, 6)}"
        day = date(2012, random.randint(1, 12), random.randint(1, 28))
        command = deposit(random.choice(sorted(AREAS)), random.randint(1, 10**6), None, day, code)
        persistently(application, command, f"o{number}-{done}")
        done += 1
    return done


@pytest.mark.slow
def test_a_distribution_while_deposits_keep_arriving_shares_the_pool_once(event_log, new_office):
    office = new_office(event_log)
    codes = [f"B{number}" for number in range(1, 7)]
    for code in codes:
        office.register(code, AREAS)
        office.execute(office.deposit(code, "101", 500_000, date(2012, 1, 2)))
    pool = 123_457
    office.execute(office.gains(pool, on=T1))
    stop = Signal()
    with ThreadPoolExecutor(4) as pool_of_officers:
        officers = [
            pool_of_officers.submit(arriving, office.application, number, stop) for number in range(4)
        ]
        try:
            while len(event_log.events("building/B1")) < 30:
                pass
            done = office.distribute(T1)
        finally:
            stop.set()
        arrived = sum(officer.result() for officer in officers)
    assert done.pool_fen == pool
    assert arrived > 30
    [terms] = [
        event for event in event_log.events("book/532301/commodity") if isinstance(event, GainsDistributed)
    ]
    assert {found.building: found.share_fen for found in terms.shares} == share(
        pool, {found.building: found.weight for found in terms.shares}
    )
    credited = 0
    for fixed in terms.shares:
        events = event_log.events(f"building/{fixed.building}")
        [accrual] = [event for event in events if isinstance(event, InterestAccrued)]
        weights = plain_weights(events[: fixed.version])
        assert sum(weights.values()) == fixed.weight
        lines = {line.unit: line.interest_fen for line in accrual.lines}
        assert lines == {unit: fen for unit, fen in share(fixed.share_fen, weights).items() if fen}
        credited += sum(lines.values())
    assert credited == pool
    held = office.application.buildings(codes)
    assert sum(account.interest_fen for state in held.values() for account in state.accounts.values()) == pool


def plain_weights(events) -> dict[str, int]:
    """Fen × days of each unit up to the end of 2012, from the deposits of a stream's beginning."""
    weights = dict.fromkeys(AREAS, 0)
    for event in events:
        if isinstance(event, DepositCollected):
            for line in event.lines:
                weights[line.unit] += line.amount_fen * (date(2013, 1, 1) - event.value_date).days
    return weights

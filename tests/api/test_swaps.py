"""Reading while read tables are swapped: no error and no gap, and each answer is that of its position."""

from collections import Counter
from threading import Event, Thread

import pytest
from sqlalchemy import text

from ledger.money import yuan
from projections.rebuild import check, rebuild
from tests.api.service import HERE, deposit

SWAPS = 4
RECORDED = text("select count(*) from log.events where topic = 'deposit-collected' and position <= :at")
REACHED = text("select min(position) from read.checkpoints where model <> 'seal'")
POSTED = text("select count(*), sum(principal_fen) from read.postings where position <= :at")
HOLD = text("lock table read.postings, read.accounts, read.checkpoints in access share mode")
HELD = text(
    "select (select min(position) from read.checkpoints where model <> 'seal'),"
    " (select sum(principal_fen) from read.postings), (select sum(principal_fen) from read.accounts)"
)


class Town:
    """Everybody works at once, each in a thread; whoever fails ends the day for all."""

    def __init__(self, service) -> None:
        self.service = service
        self.officer = service.caller()
        self.ended = Event()
        self.errors: list[Exception] = []
        self.checked: Counter[str] = Counter()
        self._threads: list[Thread] = []

    def deposits(self, at: int) -> int:
        """How many deposits of one yuan the log held at a position."""
        with self.service.engine.connect() as connection:
            return connection.execute(RECORDED, {"at": at}).scalar_one()

    def busy(self, work) -> None:
        def run() -> None:
            try:
                while not self.ended.is_set():
                    work()
                    self.checked[work.__name__] += 1
            except Exception as error:  # noqa: BLE001 - handed to the assertion below
                self.errors.append(error)
                self.ended.set()

        self._threads.append(Thread(target=run))
        self._threads[-1].start()

    def follow(self) -> None:
        self._threads.append(Thread(target=self.service.follower.run, args=(self.ended,)))
        self._threads[-1].start()

    def end(self) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join(timeout=60)

    # What they do

    def record(self) -> None:
        answer = self.officer.post("/v1/deposits", deposit(amount="1.00", receipt=None))
        assert answer.status_code == 201, answer.text

    def read_totals(self) -> None:
        answer = self.officer.get("/v1/summary")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["total"]["deposits"] == yuan(100 * self.deposits(int(found["position"])))

    def read_statement(self) -> None:
        answer = self.officer.get(f"/v1/buildings/{HERE}/units/0101")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        recorded = self.deposits(int(found["position"]))
        assert (len(found["lines"]), found["balance"]) == (recorded, yuan(100 * recorded))

    def ask_twice(self) -> None:
        """Two statements of one READ COMMITTED transaction; a swap may come between them."""
        with self.service.engine.connect() as connection:
            at = connection.execute(REACHED).scalar_one()
            found = connection.execute(POSTED, {"at": at}).one()
        recorded = self.deposits(at)
        assert found == (recorded, 100 * recorded if recorded else None)

    def ask_in_a_snapshot(self) -> None:
        """All tables at one moment; whoever keeps a snapshot holds the tables before taking it."""
        with self.service.engine.connect().execution_options(isolation_level="REPEATABLE READ") as snapshot:
            snapshot.execute(HOLD)
            at, posted, held = snapshot.execute(HELD).one()
        assert (posted or 0) == held == 100 * self.deposits(at)


@pytest.mark.slow
def test_answers_stay_whole_through_swaps(service):
    town = Town(service)
    town.follow()
    works = (town.record, town.read_totals, town.read_statement, town.ask_twice, town.ask_in_a_snapshot)
    for work in works:
        town.busy(work)
    swapped = 0
    while swapped < SWAPS and not town.ended.is_set():
        rebuild(service.engine)
        swapped += 1
    town.end()

    assert town.errors == []
    assert swapped == SWAPS
    assert all(town.checked[work.__name__] >= SWAPS for work in works), town.checked
    assert check(service.engine).differences == ()

"""The service and the follower as processes: they answer, follow, and end in good order when asked to."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date

import httpx
import pytest

from ledger import policy
from ledger.application import Application
from ledger.calendar import now
from ledger.commands import ReceiveGains, Recording
from ledger.events import GainLine
from projections import checkpoints

pytestmark = pytest.mark.slow


@contextmanager
def process(database, home, *arguments):
    environment = {**os.environ, "FUND_HOME": str(home), "FUND_DATABASE_URL": database.url}
    with subprocess.Popen([sys.executable, "-m", "cli", *arguments], env=environment) as started:
        try:
            yield started
        finally:
            started.kill()


def eventually(probe, seconds=30.0):
    """What the probe returns once it returns something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing happened in time")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_service_follows_the_log_and_ends_when_asked(fund, files, database, home):
    token = fund("token", "issue", "--name", "财政岗", "--role", "finance", "--json").document["token"]
    port = free_port()
    with (
        process(database, home, "serve", "--port", str(port)) as service,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {token}"}, trust_env=False
        ) as client,
    ):

        def health():
            try:
                return client.get("/v1/health")
            except httpx.TransportError:
                return None

        assert eventually(health).json() == {"status": "ok", "position": "0", "horizon": "0"}
        assert httpx.get(f"http://127.0.0.1:{port}/v1/health", trust_env=False).status_code == 401
        position = fund("import", "units", files["units"], "--history", "--json").document["position"]
        found = client.get("/v1/summary", params={"min_position": position}).json()
        assert found["total"]["units"] == 3
        service.send_signal(signal.SIGTERM)
        assert service.wait(20) == 0


def test_the_follower_follows_and_ends_when_asked(database, event_log, home):
    gain = ReceiveGains(
        county="532301",
        fund="commodity",
        value_date=date(2019, 12, 21),
        lines=(GainLine(category="demand", amount_fen=100),),
    )
    application = Application(event_log, policy.load(), now)

    def followed():
        with database.engine.connect() as connection:
            return checkpoints.position(connection)

    with process(database, home, "follow") as follower:
        recorded = application.execute([gain], Recording(actor="test")).position
        assert eventually(followed) == recorded
        follower.send_signal(signal.SIGTERM)
        assert follower.wait(20) == 0

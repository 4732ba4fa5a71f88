"""A small ledger behind the HTTP service: two buildings in two counties, and tokens."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import anyio
import httpx

from api import tokens
from api.app import create_app
from api.office import Office
from audit.seal import Seal
from ledger import policy
from ledger.application import Application
from ledger.commands import Recording, RegisterUnits
from ledger.events import UnitLine
from ledger.registers.specification import Person
from ledger.store.bridge import EventLog
from ledger.store.feed import Feed
from ledger.store.parties import Parties
from projections.models import read_models
from projections.runner import Follower

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HERE = "53230100101"
ELSEWHERE = "53232200101"


class Caller:
    """Someone with (or without) a token who talks to the service in this process."""

    def __init__(self, app, token: str | None) -> None:
        self._app = app
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **parameters) -> httpx.Response:
        return self.send("GET", path, params=parameters)

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.send("POST", path, json=body, headers=headers)

    def send(self, method: str, path: str, headers=None, **options) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
                return await client.request(
                    method, path, headers={**self._headers, **(headers or {})}, **options
                )

        return anyio.run(exchange)


class Service:
    """The service over a fresh ledger, and doors to look behind it."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.now = NOW
        self.parties = Parties(engine, bytes(range(32)))
        self.application = Application(EventLog(engine), policy.load(), lambda: self.now)
        self.follower = Follower(engine, [*read_models(engine), Seal()])
        self.feed = Feed(engine)
        self.app = create_app(Office(engine, self.application, self.parties, lambda: self.now))
        for building, county in ((HERE, "532301"), (ELSEWHERE, "532322")):
            self._register(building, county)
        self.follower.catch_up()

    def caller(self, role="officer", counties=("532301",), days=1) -> Caller:
        with self.engine.begin() as connection:
            token = tokens.issue(
                connection,
                f"{role}岗",
                role,
                counties,
                issued_at=self.now - timedelta(days=30),
                expires_at=self.now + timedelta(days=days),
            )
        return Caller(self.app, token)

    def topics(self) -> list[str]:
        return [row.topic for row in self.feed.rows(0, 10_000)]

    def log(self) -> str:
        return "\n".join(row.data for row in self.feed.rows(0, 10_000))

    def _register(self, building: str, county: str) -> None:
        [owner] = self.parties.refs([Person("王建国", None, None, county)])
        unit = partial(UnitLine, fund="commodity", usage="residential", area_dm2=10455)
        command = RegisterUnits(
            building=building,
            name="1幢",
            county=county,
            estate=building[:9],
            estate_name="鹿城小区",
            management="professional",
            lift=False,
            storeys=6,
            completed_on=date(2010, 1, 1),
            units=(unit(unit="0101", owner_ref=owner), unit(unit="0102")),
        )
        self.application.execute([command], Recording(actor="test", origin="history"))


def deposit(building: str = HERE, amount: str = "7841.25", receipt: str | None = "00000001", **line):
    """The body of one deposit."""
    return {
        "building": building,
        "kind": "first",
        "value_date": "2019-06-30",
        "lines": [{"unit": "0101", "amount": amount, "receipt_no": receipt, **line}],
    }

"""Asking for a pack: which publication it shows, or a draft, and how much of the log it knows."""

import hashlib
from datetime import date, datetime

from sqlalchemy import Connection, select

from ledger.calendar import EARLIEST, SHANGHAI
from ledger.errors import InputError
from ledger.identity import FUND_NAMES, Fund
from ledger.policy import Policy
from ledger.store.tables import events
from projections.buildings import buildings
from projections.checkpoints import position as reached
from projections.publication.items import items
from projections.publication.known import Known, known
from projections.publication.management import management
from projections.publication.pack import Building, Differs, NothingToPublish, Pack
from projections.publication.unit_figures import building_figures, sheet


def publication_pack(
    connection: Connection,
    policy: Policy,
    county: str,
    fund: Fund,
    year: int,
    estate: str | None = None,
    position: int | None = None,
) -> Pack:
    """The pack of an estate, or of the whole book, as known at a position (None: now).

    It shows the last publication of the year that covers the estate, exactly as it was published, whatever
    was recorded since; where there is none it is a draft. Raises InputError ``county-unknown``,
    ``year-invalid``; NothingToPublish ``estate-unknown``, ``units-missing``; Differs.
    """
    place = policy.county(county)
    now = reached(connection)
    cut = now if position is None else min(position, now)
    if not EARLIEST.year < year <= 9999:
        raise InputError("year-invalid", f"“{year}”不是年度")
    found = known(connection, place.code, fund, estate, year, cut)
    name = None if estate is None else _estate_name(connection, place.code, estate, found.position)
    floor = policy.dues.floor(date(year, 12, 31))
    everything = building_figures(connection, found, fund, year, floor)
    _compare(found, everything)
    own = tuple(each for each in everything if estate in (None, each.estate))
    if not own:
        where = f"小区 {estate}" if estate is not None else f"账套 {place.code}/{fund}"
        raise NothingToPublish("units-missing", f"{where} 没有{FUND_NAMES[fund]}的分户账，没有可以公布的内容")
    moment = _moment(connection, found.position)
    if year > moment.year:
        raise InputError("year-invalid", f"“{year}”不是已经开始的年度：账本所知至 {moment.date()}")
    payments, leavings = items(connection, found.only(each.building for each in own), fund, year, own)
    return Pack(
        county=place.code,
        county_name=place.name,
        fund=fund,
        estate=estate,
        estate_name=name,
        year=year,
        over=year < moment.year,
        issued=found.issued,
        position=found.position,
        known_at=moment,
        floor=None if floor is None else floor.percent,
        buildings=own,
        payments=payments,
        leavings=leavings,
        management=management(connection, place.code, fund, year, found.position),
    )


def _estate_name(connection: Connection, county: str, estate: str, cut: int) -> str:
    """The name of an estate; raises NothingToPublish ``estate-unknown``."""
    facts = buildings.c
    found = connection.execute(
        select(facts.estate_name)
        .where(facts.county == county, facts.estate == estate, facts.position <= cut)
        .order_by(facts.building)
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise NothingToPublish("estate-unknown", f"区县 {county} 没有小区 {estate}")
    return str(found)


def _moment(connection: Connection, cut: int) -> datetime:
    """When the last event at the cut was recorded, in Shanghai."""
    when = select(events.c.recorded_at).where(events.c.position <= cut).order_by(events.c.position.desc())
    found: datetime = connection.execute(when.limit(1)).scalar_one()
    return found.astimezone(SHANGHAI)


def _compare(found: Known, everything: tuple[Building, ...]) -> None:
    """Raises Differs unless these figures make the published sheet again, byte for byte."""
    if found.issued is None:
        return
    made = hashlib.sha256(sheet(everything).encode()).hexdigest()
    if made != found.issued.sha256:
        message = (
            f"分户数字与 {found.issued.event} 公布的不符（SHA-256 为 {made}），请运行 fund rebuild --check"
        )
        raise Differs(message)

"""The countries where somebody may be now, as they say it or a worker does: all with a clock."""

from itertools import islice

from sqlalchemy import select

from domain.countries import COUNTRIES, codes, zone_of
from domain.directory.listing import countries
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

# As many as stand below a message and can still be looked through.
_AT_MOST = 40


async def clock_in(session: Session, country: str) -> str | None:
    """Where a country has several, that of the organisation which is longest there."""
    if country not in codes():
        return None
    return zone_of(country) or await session.scalar(
        select(Organisation.time_zone)
        .where(Organisation.country == country)
        .order_by(Organisation.created_at)
        .limit(at_most(1))
    )


async def likely_lands(session: Session, returnee: Returnee | None) -> list[str]:
    """To be offered first: where they are, where organisations are, theirs before the others, those
    whose numbers we have, and those with services.
    """
    there = [returnee.country] if returnee is not None and returnee.country else []
    teams = await _with_teams(session, returnee)
    services = await countries(session, now=session.now)
    likely = dict.fromkeys([*there, *teams, *COUNTRIES, *services])
    return list(islice((land for land in likely if zone_of(land) or land in teams), _AT_MOST))


async def all_lands(session: Session, returnee: Returnee | None) -> list[str]:
    """The likely ones, and behind them every other."""
    likely = await likely_lands(session, returnee)
    return [*likely, *sorted(land for land in codes() - {*likely} if zone_of(land))]


async def _with_teams(session: Session, returnee: Returnee | None) -> list[str]:
    theirs = select(Enrolment.organisation_id).where(
        Enrolment.returnee_id == (returnee.id if returnee else None), STILL_ENROLLED
    )
    found = await session.scalars(
        select(Organisation.country)
        .where(Organisation.country.is_not(None))
        .order_by(Organisation.id.in_(theirs).desc(), Organisation.created_at)
    )
    return [land for land in found if land]

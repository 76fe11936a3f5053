"""How things stand for whoever looks at any page."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from domain.actors import Actor
from domain.channels.keeping import failing
from domain.colleagues import handing_over
from domain.directory import reports
from domain.duty.drills import waiting_for
from domain.duty.readiness import is_ready
from domain.lexicon import muting
from domain.referrals import finding
from domain.safeguarding import story
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.duty import are_there
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Standing:
    on_duty: bool
    anybody_on_duty: bool
    #: Whether people are told of whoever is.
    ready: bool
    channel_fails: bool
    #: A running drill that waits for their answer.
    drill: UUID | None
    #: Alarms that a colleague wants muted, for which they could be the second person.
    mutings: int
    #: Referrals that wait for an answer of their organisation, or for them to decide with another,
    #: and cases that colleagues offer them.
    referrals: int
    #: Services of which people said that they did not work, for whoever keeps the directory.
    services: int
    #: What was told in confidence and nobody looks after yet, for those who hear it.
    complaints: int


async def standing_of(session: Session, actor: Actor) -> Standing:
    """In one look at the database, since each page takes it."""
    there = exists().where(*are_there(actor.organisation_id, session.due))
    row = await session.execute(
        select(
            Organisation,
            there.where(Staff.id == actor.staff_id).label("on_duty"),
            there.label("anybody_on_duty"),
            failing(actor).label("channel_fails"),
            waiting_for(session, actor).scalar_subquery().label("drill"),
            muting.waiting_for(actor).scalar_subquery().label("mutings"),
            (
                finding.waiting_for(actor).scalar_subquery()
                + handing_over.waiting_for(actor).scalar_subquery()
            ).label("referrals"),
            reports.waiting_for(actor).scalar_subquery().label("services"),
            story.waiting_for(actor).scalar_subquery().label("complaints"),
        ).where(Organisation.id == actor.organisation_id)
    )
    found = by_name(row.one(), organisation=Organisation)
    organisation = found.pop("organisation")
    found["channel_fails"] |= organisation.staff_chat_fails_since is not None
    return Standing(ready=is_ready(organisation, session.now), **found)

"""Saying whom somebody wishes to be helped by, and what is to be kept away from them.

Adding to what they avoid is always possible, taking away only once it is sure who is there, since
whoever holds the phone may be the one it is about.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain import audit
from domain.actors import Actor
from domain.directory.avoiding import Avoided
from domain.errors import Refused
from domain.referrals.withdrawing import withdraw
from domain.returnees.enrolments import current_enrolments
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee
from domain.returnees.phone import may_be_shown
from domain.returnees.wishes import WISHES, Partner, Place, Wishes, wishes_left
from storage.kinds import Gender
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.partners import MailPartner
from storage.tables.returnees import Returnee, Safety
from storage.wakes import Topic

_MOST = 100


@dataclass(frozen=True, slots=True)
class Stood:
    """What a worker saw of their wishes, and that they avoid: what stands there besides came later,
    and stays.
    """

    helper: Gender | None = None
    places: Avoided = frozenset()
    partners: frozenset[UUID] = frozenset()


_NOTHING_STOOD = Stood()
_One = TypeVar("_One", Place, Partner)


async def wish_for(session: Session, returnee_id: UUID, helper: Gender | None) -> None:
    """Who helps them: a woman, a man, or no matter who."""
    wishes = await _to_change(session, returnee_id)
    await _keep(session, returnee_id, replace(wishes, helper=helper))


async def change_place(
    session: Session, returnee: Returnee, place: Place, *, avoided: bool = True
) -> None:
    """The person says whether it is avoided from now on. Raises Refused."""
    wishes = await _to_change(session, returnee.id)
    places = _changed(session, returnee, wishes.places, place, avoided)
    await _keep(session, returnee.id, replace(wishes, places=places))


async def change_partner(
    session: Session, returnee: Returnee, partner_id: UUID, *, avoided: bool = True
) -> None:
    """The person says whether this organisation is avoided from now on. Needs the service's scope.
    Raises Refused.
    """
    wishes = await _to_change(session, returnee.id)
    known = {partner.id: partner for partner in await others_than_theirs(session, returnee.id)}
    known |= {partner.id: partner for partner in wishes.partners}
    if partner_id not in known:
        raise Refused("There is no such organisation.")
    partners = _changed(session, returnee, wishes.partners, known[partner_id], avoided)
    await _keep(session, returnee.id, replace(wishes, partners=partners))


async def bring_wishes(session: Session, stray_id: UUID, returnee_id: UUID) -> None:
    """The person turns out to be this stray: what either said to avoid is kept away from them, and
    how much that is hinders nothing. Needs the service's scope.
    """
    said_there = await wishes_left(session, stray_id)
    if said_there == Wishes():
        return
    own = await _to_change(session, returnee_id)
    partners = {partner.id: partner for partner in (*said_there.partners, *own.partners)}
    both = Wishes(
        own.helper or said_there.helper,
        own.places | said_there.places,
        frozenset(partners.values()),
    )
    await _seal(session, returnee_id, both)


async def write_down(
    session: Session,
    actor: Actor,
    returnee_id: UUID,
    helper: Gender | None,
    places: Iterable[Place],
    partner_ids: Iterable[UUID],
    stood: Stood = _NOTHING_STOOD,
) -> None:
    """A worker writes down what the person says: this, and of what `stood` there before nothing
    else. Needs the service's scope.

    Raises as find_returnee, and Refused.
    """
    await find_returnee(session, actor, returnee_id)
    before = await _to_change(session, returnee_id)
    known = {partner.id: partner for partner in await others_than_ours(session, actor)}
    known |= {partner.id: partner for partner in before.partners}
    wanted = set(partner_ids)
    if not wanted <= set(known):
        raise Refused("There is no such organisation.")
    if helper is stood.helper:
        helper = before.helper
    since = [each for each in before.places if (each.country, each.key) not in stood.places]
    wanted |= {each.id for each in before.partners if each.id not in stood.partners}
    wishes = Wishes(helper, frozenset([*places, *since]), frozenset(known[each] for each in wanted))
    await _keep(session, returnee_id, wishes)
    audit.done_by(
        session,
        actor,
        "person.wishes-noted",
        returnee_id,
        places=len(wishes.places),
        partners=len(wishes.partners),
    )


async def others_than_theirs(session: Session, returnee_id: UUID) -> list[Partner]:
    """The organisations here but for the one that has accompanied this person longest, and those
    with a mailbox only whom they could be referred to. Others that accompany them are among these:
    who takes up the phone could tell from who is missing. Needs the service's scope.
    """
    theirs = [each.organisation_id for each in await current_enrolments(session, returnee_id)]
    return await _named(
        session, Organisation.id.not_in(theirs[:1]), MailPartner.organisation_id.in_(theirs)
    )


async def others_than_ours(session: Session, actor: Actor) -> list[Partner]:
    """Whom a worker can write down as avoided: all but the worker's own. Those that accompany the
    person are among them, since from who is missing anybody could tell who does. Needs the
    service's scope.
    """
    ours = actor.organisation_id
    return await _named(session, Organisation.id != ours, MailPartner.organisation_id == ours)


async def _named(
    session: Session, organisations: ColumnElement[bool], mailboxes: ColumnElement[bool]
) -> list[Partner]:
    found = await session.execute(
        select(Organisation.name, Organisation.id).where(organisations).order_by(Organisation.name)
    )
    by_mail = await session.execute(
        select(MailPartner.name, MailPartner.id)
        .where(mailboxes, MailPartner.retired_at.is_(None))
        .order_by(MailPartner.name)
    )
    return [Partner(name, id_) for name, id_ in (*found, *by_mail)]


async def _to_change(session: Session, returnee_id: UUID) -> Wishes:
    """As they are now, locked: who waited for the person may have read them before. What nobody can
    read any more gives way to what they say now.
    """
    await session.get_one(Safety, returnee_id, with_for_update=True, populate_existing=True)
    return await wishes_left(session, returnee_id)


def _changed(
    session: Session, returnee: Returnee, there: frozenset[_One], one: _One, avoided: bool
) -> frozenset[_One]:
    if avoided:
        return there | {one}
    return there - {one} if may_be_shown(returnee, session.now) else there


async def _keep(session: Session, returnee_id: UUID, wishes: Wishes) -> None:
    if max(len(wishes.places), len(wishes.partners)) > _MOST:
        raise Refused("This is too much to keep: please ask for a person.")
    await _seal(session, returnee_id, wishes)


async def _seal(session: Session, returnee_id: UUID, wishes: Wishes) -> None:
    safety = await session.get_one(Safety, returnee_id)
    kept = {
        "helper": wishes.helper,
        "places": [[each.country, each.key, each.name] for each in sorted(wishes.places)],
        "partners": [[each.name, str(each.id)] for each in sorted(wishes.partners)],
    }
    safety.wishes = (await data_key(session, returnee_id)).seal(json.dumps(kept), WISHES)
    await withdraw(session, returnee_id, [partner.id for partner in wishes.partners])
    session.wakes(Topic.CASES)

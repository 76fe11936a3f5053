"""The people of a measurement. All of them are invented."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from domain.actors import Actor
from domain.casework.work import claim
from domain.consent import give_consent
from domain.duty import go_on_duty
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee, enrol
from domain.safety.window import Window, choose_window
from domain.signals.opening import open_or_append
from domain.staff import actor_of, add_staff, join_by_telegram
from storage.kinds import Purpose, Role, Severity
from storage.sessions import SERVICE, Database, Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

_AT_ONCE = 100
_ANY_TIME = Window(opens=time(), closes=time())
_PURPOSES = (Purpose.CHECK_INS, Purpose.CASEWORKER, Purpose.ANSWERS)


@dataclass(frozen=True, slots=True)
class Centre:
    """An organisation with one caseworker, on duty."""

    organisation: Organisation
    caseworker: Actor


async def open_centre(database: Database, *, staff_chat: int | None = None) -> Centre:
    """Alerts reach the caseworker on Telegram where a chat is given."""
    async with database.begin(SERVICE) as session:
        name = f"Centre {secrets.token_hex(4)}"
        organisation = await add_organisation(session, name, country="AL")
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        if staff_chat is not None:
            await join_by_telegram(session, new.telegram_code, staff_chat)
        caseworker = actor_of(await session.get_one(Staff, new.id))
        await go_on_duty(session, caseworker)
    return Centre(organisation, caseworker)


async def enrol_people(database: Database, centre: Centre, chats: Iterable[int]) -> Sequence[UUID]:
    """They agree to be asked, at any hour, and to a caseworker."""
    people = []
    for some in _batches(chats):
        async with database.begin(SERVICE) as session:
            people += [await _enrolled(session, centre, chat) for chat in some]
    return [returnee.id for returnee in people]


async def open_cases(database: Database, centre: Centre, chats: Iterable[int]) -> None:
    """Enrols people whom the caseworker is talking with."""
    for some in _batches(chats):
        async with database.begin(SERVICE) as session:
            for chat in some:
                returnee = await _enrolled(session, centre, chat)
                reasons = ["threat.threatened"]
                organisation_id = centre.organisation.id
                case = await open_or_append(
                    session, returnee, organisation_id, Severity.URGENT, reasons
                )
                await claim(session, centre.caseworker, case.id)


async def _enrolled(session: Session, centre: Centre, chat: int) -> Returnee:
    returnee = await add_returnee(session, chat, centre.organisation, "en")
    (invite,) = await issue_invites(session, centre.organisation.id)
    redeemed = await redeem_invite(session, invite.code)
    await enrol(session, returnee, centre.organisation, redeemed.id)
    await choose_window(session, returnee.id, _ANY_TIME)
    for purpose in _PURPOSES:
        await give_consent(session, returnee, purpose, True, "1")
    return returnee


def _batches(chats: Iterable[int]) -> Iterable[list[int]]:
    every = list(chats)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))

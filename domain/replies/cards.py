"""Services of the directory for somebody's case: found by a worker, sent as a card."""

from uuid import UUID

from domain.actors import Actor
from domain.cases.finding import find_case, own_case
from domain.directory.finding import FoundService, Search, find_services, get_service
from domain.directory.freshness import Age
from domain.directory.withholding import is_withheld
from domain.errors import Refused
from domain.illegible import if_legible
from domain.messages.body import Body
from domain.replies.sending import Conditions, send
from domain.returnees.enrolments import organisations_for
from domain.returnees.wishes import legible_wishes, wishes_of
from storage.kinds import MessageKind
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.returnees import Returnee

_MOST = 6
#: Letters of a search.
LONGEST_SEARCH = 100


async def services_for(
    session: Session, actor: Actor, case_id: UUID, words: str, language: str, *, open_now: bool
) -> list[FoundService]:
    """In a worker's language, also what is too old to be shown to people, or withheld from them;
    what is only where the person does not want to be is left out.

    Raises NotAllowed or Refused.
    """
    case = await find_case(session, actor, case_id)
    wishes = await if_legible(wishes_of(session, case.returnee_id))
    if wishes is None:
        # Any of them may be where it is not safe for this person.
        return []
    search = Search(words=words, avoided=wishes.avoided, open_now=open_now, include_hidden=True)
    return await find_services(session, search, now=session.now, language=language, limit=_MOST)


async def send_card(
    session: Session, actor: Actor, case_id: UUID, service_id: UUID, how: Conditions
) -> Message:
    """It is worded as it is sent, so it says what the directory says then. Whoever of those that
    accompany the person withholds it, nobody sends it. Needs the service's scope.

    Raises NotAllowed and Refused.
    """
    case = await own_case(session, actor, case_id)
    returnee = await session.get_one(Returnee, case.returnee_id)
    avoided = (await legible_wishes(session, returnee.id)).avoided
    language = returnee.language
    found = await get_service(
        session, service_id, now=session.now, language=language, avoided=avoided
    )
    if found is None:
        raise Refused("This service has closed.")
    if found.age is Age.HIDDEN:
        raise Refused("Nobody has checked this service for too long. Call there yourself first.")
    theirs = await organisations_for(session, returnee)
    if await is_withheld(session, [actor.organisation_id, *theirs], service_id):
        # Not by whom: nobody sees what another organisation withholds.
        raise Refused("It is shown no more.")
    if found.is_avoided:
        raise Refused("This service is only where they said that it is not safe for them.")
    body = Body(text=found.service.name, service=str(service_id))
    return await send(session, actor, case, MessageKind.TEXT, body, how)

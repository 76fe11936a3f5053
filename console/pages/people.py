from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from functools import partial
from uuid import UUID

from starlette.responses import Response

from console.files.cards import invite_link
from console.forms import fields
from console.forms.refilling import ONCE
from console.pages.cases import it_is_yours
from console.pages.pathways import titles
from console.visit import Visit
from domain.actors import Right
from domain.calendar import instant
from domain.casework import opening
from domain.children.left import LeftChild, left_children
from domain.consent import PURPOSES
from domain.directory.listing import lands_with_places
from domain.errors import Refused
from domain.identity import agreed_words, new_phone, pictures, trust
from domain.marks import N_
from domain.pathways.lands import all_lands
from domain.pathways.placing import course_of
from domain.pathways.standing import standing
from domain.privacy.passing_on import Reason
from domain.profiles.care import read_care
from domain.profiles.reading import Person, list_people, read_person
from domain.profiles.wishing import others_than_ours
from domain.referrals.sharing import possible_partners
from domain.returnees.file_numbers import LONGEST, find_by_file_number
from domain.returnees.person import find_returnee
from domain.returnees.regions import regions_of
from domain.returnees.wishes import Partner, Wishes
from domain.safeguarding.readings import NeedsReason, say_why
from domain.safety import silence_plan
from domain.stop_word.freezing import unfreeze
from storage.kinds import AgeBand, Gender, Severity
from storage.sessions import SERVICE, Session
from storage.tables.organisations import Organisation

_MAJORITY = 18


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        page = await list_people(session, visit.actor, visit.after)
        left = await _left_children(visit)
        return await visit.show(
            session, "people.html", page=page, left_children=left, longest=LONGEST
        )


async def find(visit: Visit) -> Response:
    """By the number of the organisation's own file, which no address ever holds."""
    number = await visit.field("file_number")
    async with visit.begin() as session:
        returnee_id = await find_by_file_number(session, visit.actor, number)
    return visit.go(f"/people/{returnee_id}")


async def show_one(visit: Visit) -> Response:
    async with visit.begin() as session:
        try:
            person = await seen(visit, session)
        except NeedsReason:
            return await visit.show(session, "person-shut.html", person_id=visit.id)
        tells = person.consents is not None
        care = await read_care(session, visit.actor, person.returnee)
        return await visit.show(
            session,
            "person.html",
            person=person,
            purposes=PURPOSES,
            proofs=list(trust.Proof),
            against=await trust.against(session, person.returnee),
            proposed=await new_phone.waiting(session, visit.actor, visit.id),
            care=care,
            ages=list(AgeBand),
            years_of_majority=_years_of_majority(session.now.year, care.days.turns_18),
            partners=await _partners(visit),
            reasons=list(Reason),
            genders=list(Gender),
            severities=[each for each in Severity if each is not Severity.NONE],
            longest=LONGEST,
            wishes=person.contact.wishes or Wishes(),
            lands=await lands_with_places(session, session.now, visit.language),
            others=await _others(visit),
            course=await course_of(
                session, person.returnee, visit.actor.organisation_id, tells=tells
            ),
            step_stands=partial(standing, now=session.now, tells=tells),
            titles=await titles(session, visit),
            countries=await all_lands(session, person.returnee),
            regions=await regions_of(session, person.returnee.country),
        )


async def seen(visit: Visit, session: Session) -> Person:
    """Whom the address names, the look being recorded. Raises NeedsReason without an open case."""
    try:
        return await read_person(session, visit.actor, visit.id)
    except NeedsReason:
        raise
    except Refused:
        raise visit.not_there() from None


async def open_one(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with person_of(visit) as (session, returnee_id):
        await say_why(session, visit.actor, returnee_id, reason)
    return visit.go(f"/people/{returnee_id}")


async def open_case(visit: Visit) -> Response:
    try:
        severity = Severity(await visit.field("severity"))
    except ValueError:
        raise Refused("Choose how grave it is.") from None
    why, once = await visit.field("why"), await visit.field(ONCE)
    returnee_id = await person_there(visit)
    # It sees a case that another organisation has of them, too.
    async with visit.desk.database.begin(SERVICE) as session:
        case = await opening.open_case(session, visit.actor, returnee_id, severity, why, once)
    if not case.is_theirs:
        done = N_("A colleague has a case of theirs already: what you wrote stands in it.")
        return visit.go(f"/cases/{case.case_id}", done)
    return it_is_yours(visit, case.case_id, case.handed_back)


async def unfreeze_chat(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await unfreeze(session, visit.actor, visit.id)
    return visit.go(f"/people/{visit.id}", N_("Messages go to this phone again."))


def _years_of_majority(this_year: int, written_down: date | None) -> list[int]:
    """In which a child of today turns 18; and the one that stands there, whatever it is."""
    to_come = range(this_year, this_year + _MAJORITY + 1)
    return sorted({*to_come, written_down.year} if written_down else to_come)


async def _partners(visit: Visit) -> list[Organisation]:
    """No organisation sees the others' rows, so the service looks, for those who may ask."""
    if not visit.actor.may(Right.WORK_ON_CASES):
        return []
    async with visit.desk.database.begin(SERVICE) as session:
        return await possible_partners(session, visit.actor)


async def _left_children(visit: Visit) -> list[LeftChild]:
    if not visit.actor.may(Right.DECIDE_FOR_CHILDREN):
        return []
    async with visit.desk.database.begin(SERVICE) as session:
        return await left_children(session, visit.actor)


async def _others(visit: Visit) -> list[Partner]:
    async with visit.desk.database.begin(SERVICE) as session:
        return await others_than_ours(session, visit.actor)


async def judge(visit: Visit) -> Response:
    found = await visit.field("identity")
    proofs = {proof.value: proof for proof in trust.Proof}
    if found not in {*proofs, "doubted"}:
        raise Refused("Choose what you found out.")
    known = (await visit.field("against")).split()
    async with person_of(visit, everything=True) as (session, returnee_id):
        if found in proofs:
            await trust.confirm(session, visit.actor, returnee_id, proofs[found], known=known)
        else:
            await trust.distrust(session, visit.actor, returnee_id)
    return visit.go(f"/people/{returnee_id}", N_("Noted who holds this phone."))


async def agree_on_words(visit: Visit) -> Response:
    first, second = await visit.field("first_word"), await visit.field("second_word")
    async with person_of(visit) as (session, returnee_id):
        await agreed_words.agree_on_words(session, visit.actor, returnee_id, first, second)
    return visit.go(f"/people/{returnee_id}", N_("The two words are kept. Nobody is shown them."))


async def ask_for_words(visit: Visit) -> Response:
    async with person_of(visit) as (session, returnee_id):
        await agreed_words.ask_for_words(session, visit.actor, returnee_id)
    return visit.go(
        f"/people/{returnee_id}", N_("They are asked in the chat, as soon as it is safe.")
    )


async def compare_words(visit: Visit) -> Response:
    said = await visit.field("said")
    async with person_of(visit, everything=True) as (session, returnee_id):
        right = await agreed_words.compare_words(session, visit.actor, returnee_id, said)
    if right:
        return visit.go(f"/people/{returnee_id}", N_("These are the words. It is them."))
    return visit.go(
        f"/people/{returnee_id}",
        refused=N_("These are not the words. Who is there is in doubt now."),
    )


async def name_other(visit: Visit) -> Response:
    who, how = await visit.field("who"), await visit.field("how")
    day = fields.day(
        await visit.field("until"), N_("Name a day within the next year on which this ends.")
    )
    until = instant(datetime.combine(day, time()), visit.me.place)
    async with person_of(visit) as (session, returnee_id):
        await silence_plan.name_other(session, visit.actor, returnee_id, who, how, until)
    return visit.go(f"/people/{returnee_id}", N_("Noted, until that day."))


async def propose_phone(visit: Visit) -> Response:
    instead_of = await visit.field("instead_of")
    async with person_of(visit) as (session, returnee_id):
        await new_phone.propose(session, visit.actor, returnee_id, instead_of=instead_of)
    return visit.go(
        f"/people/{returnee_id}", N_("Noted. Now a colleague has to confirm it on this page.")
    )


async def confirm_phone(visit: Visit) -> Response:
    """Shows the code, this once; where that page is lost on its way, another one."""
    async with person_of(visit) as (session, returnee_id):
        code = await new_phone.confirm(session, visit.actor, returnee_id)
        bot = visit.desk.settings.bot_username()
        link = invite_link(bot, code) if bot else ""
        return await visit.show(
            session, "new-phone.html", id=returnee_id, code=code, link=link, bot_username=bot
        )


async def forget_row(visit: Visit) -> Response:
    async with person_of(visit) as (session, returnee_id):
        await pictures.forget_row(session, visit.actor, returnee_id)
    done = N_("Their pictures are forgotten. On their phone they choose new ones under Settings.")
    return visit.go(f"/people/{returnee_id}", done)


@asynccontextmanager
async def person_of(
    visit: Visit, *, everything: bool = False
) -> AsyncIterator[tuple[Session, UUID]]:
    """Whom the address names, in a transaction; the same 404 for nobody and for others' people.

    With `everything`, it reaches what the service has for them too, such as what waits to be sent.
    """
    returnee_id = visit.id
    async with visit.desk.database.begin(SERVICE) if everything else visit.begin() as session:
        with visit.else_not_there():
            await find_returnee(session, visit.actor, returnee_id)
        yield session, returnee_id


async def person_there(visit: Visit) -> UUID:
    """Whom the address names, or 404, for what needs the service's scope afterwards."""
    async with person_of(visit) as (_, returnee_id):
        return returnee_id

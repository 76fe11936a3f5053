from collections.abc import Sequence
from functools import partial

from starlette.responses import Response

from console.files.cards import Card, cards, emergency_on_cards, words_on
from console.forms import fields
from console.visit import Visit
from domain.directory.hotlines import emergency_number
from domain.enrolment.given_out import given_out_lately, withdraw_invite
from domain.enrolment.invites import MOST_AT_ONCE, issue_invites
from domain.errors import Refused
from domain.marks import N_
from domain.pathways.shelf import newest_of_each
from domain.returnees.file_numbers import LONGEST
from locales.catalogues import LANGUAGES
from storage.sessions import Session
from storage.tables.organisations import Organisation


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        country = (await _organisation(visit, session)).country
        return await _page(visit, session, emergency_number(country) or "", visit.language)


async def issue(visit: Visit) -> Response:
    """Shows the new codes, this once: no address leads to them again."""
    count, typed = fields.whole(await visit.field("count")), await visit.field("emergency")
    pathway = await visit.field("pathway")
    card_language = await visit.field("card_language") or visit.language
    if card_language not in LANGUAGES:
        raise Refused("Choose a language.")
    if count < 0:
        raise Refused("Make between 1 and {most} invites at a time.", most=MOST_AT_ONCE)
    bot = visit.desk.settings.bot_username()
    if bot is None:
        raise Refused("Telegram is out of reach, so no link can be made. Try again soon.")
    typed_words = (await visit.field("first_word"), await visit.field("second_word"))
    words = typed_words if any(typed_words) else None
    async with visit.begin() as session:
        organisation = await _organisation(visit, session)
        emergency = emergency_on_cards(typed, organisation.country)
        invites = await issue_invites(
            session,
            organisation.id,
            count,
            actor=visit.actor,
            words=words,
            pathway=pathway or None,
            file_number=await visit.field("file_number"),
        )
        made = cards(invites, bot)
        return await _page(visit, session, emergency, card_language, made, pathway)


async def withdraw(visit: Visit) -> Response:
    async with visit.begin() as session:
        await withdraw_invite(session, visit.actor, visit.id)
    return visit.go("/invites", N_("It is withdrawn: nobody comes in by it any more."))


async def _organisation(visit: Visit, session: Session) -> Organisation:
    return await session.get_one(Organisation, visit.actor.organisation_id)


async def _page(
    visit: Visit,
    session: Session,
    emergency: str,
    card_language: str,
    made: Sequence[Card] = (),
    pathway: str = "",
) -> Response:
    pathways = await newest_of_each(session, visit.actor.organisation_id)
    return await visit.show(
        session,
        "invites.html",
        most=MOST_AT_ONCE,
        longest=LONGEST,
        cards=made,
        bot_username=visit.desk.settings.bot_username(),
        said_on=partial(
            words_on,
            emergency=emergency,
            language=card_language,
            now=session.now,
            place=visit.me.place,
        ),
        card_language=card_language,
        languages=LANGUAGES,
        emergency=emergency,
        pathway=pathway,
        pathways=pathways,
        pathway_names={each.key: each.name for each in pathways},
        page=await given_out_lately(session, visit.actor, visit.after),
    )

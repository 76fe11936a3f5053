"""Partners that have no Wayhome, reached by mail and telephone; and how others here call us."""

from uuid import UUID

from starlette.responses import Response

from console.forms.refilling import ONCE
from console.visit import Visit
from domain.marks import N_
from domain.referrals.partners import (
    Card,
    add_mail_partner,
    list_mail_partners,
    retire_mail_partner,
)
from domain.referrals.telephone import LONGEST_TELEPHONE, name_telephone, telephone_of
from locales.catalogues import LANGUAGES
from storage.tables.organisations import Organisation


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "partners.html",
            partners=await list_mail_partners(session, visit.actor),
            languages=list(LANGUAGES.items()),
            mails=visit.desk.settings.mails,
            telephone=telephone_of(
                await session.get_one(Organisation, visit.actor.organisation_id)
            ),
            longest_telephone=LONGEST_TELEPHONE,
        )


async def add(visit: Visit) -> Response:
    card = Card(
        await visit.field("mail"), await visit.field("person"), await visit.field("telephone")
    )
    name, language = await visit.field("name"), await visit.field("language")
    no_authority = bool(await visit.field("no_authority"))
    async with visit.begin() as session:
        await add_mail_partner(
            session, visit.actor, name, language, card, no_authority, await visit.field(ONCE)
        )
    return visit.go("/partners", N_("Caseworkers can ask them from now on."))


async def retire(visit: Visit) -> Response:
    partner_id: UUID = visit.id
    async with visit.begin() as session:
        await retire_mail_partner(session, visit.actor, partner_id)
    return visit.go("/partners", N_("They are asked no more."))


async def name_own_telephone(visit: Visit) -> Response:
    async with visit.begin() as session:
        await name_telephone(session, visit.actor, await visit.field("telephone"))
    return visit.go("/partners", N_("Noted."))

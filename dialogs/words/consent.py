"""Consent, where it is asked outside of the welcome."""

from uuid import UUID

from dialogs.presses import ReviewConsent, SharePartner, ToMenu, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.words.consent_notice import ConsentNotice
from dialogs.words.hotlines import numbers_told
from dialogs.words.referring import accompanied_by
from dialogs.words.staying_shut import is_shut, stays_shut
from domain.errors import Refused
from domain.marks import N_
from domain.referrals.sharing import accompanies
from domain.retention_periods import TIME_TO_ANSWER
from storage.kinds import Renewing
from storage.tables.consent import Renewal
from storage.tables.organisations import Organisation

_REASONS = {
    Renewing.ARRIVED: N_(
        "Before your journey you told me what I may do. Your journey is over now, so I ask you "
        "again, just between us."
    ),
    Renewing.MOVED: N_("You are in another country now. These are its numbers."),
    Renewing.CHANGED: N_("Something about what is kept here has changed. Please look at it."),
    Renewing.ADULT: N_("You are an adult now, so I ask you anew what I may do."),
}


async def asked_anew(telling: Telling) -> Screen:
    texts = telling.texts
    renewal = await telling.session.get(Renewal, telling.person.id, populate_existing=True)
    reason = renewal.reason if renewal is not None else Renewing.CHANGED
    days = texts.days(TIME_TO_ANSWER.days)
    lines = [texts(_REASONS[reason])]
    if reason is Renewing.MOVED:
        lines.append(await numbers_told(telling, telling.person.country))
        lines.append(texts("And I ask you again what I may do."))
    lines += [
        texts(
            "What you don't answer counts as a no in {days}. A no costs you nothing, and only "
            "helpers who must act on it are told.",
            days=days,
        ),
    ]
    rows = [[button(texts("Ask me"), ReviewConsent())], [button(texts("Menu"), ToMenu())]]
    return Screen("\n\n".join(lines), keyboard(*rows))


async def partner_asked(telling: Telling) -> Screen:
    """The question; of those who accompany the person by now, that they do."""
    partner = await _partner(telling)
    if is_shut(telling):
        return stays_shut(telling.texts)
    if await accompanies(telling.session, telling.person, partner.id):
        return Screen(await accompanied_by(telling, partner.id, partner.name))
    return await partner_question(telling)


async def partner_question(telling: Telling) -> Screen:
    """What an answer answers, whatever became of it since."""
    texts, partner = telling.texts, await _partner(telling)
    yes = SharePartner(partner=partner.id, granted=True)
    no = SharePartner(partner=partner.id, granted=False)
    return Screen(
        texts(
            "May we tell {partner} what they need to know in order to help you? Nothing else, and "
            "nobody else. A no costs you nothing.",
            partner=partner.name,
        ),
        keyboard([button(texts("✅ Yes"), yes), button(texts("❌ No"), no)]),
    )


async def _partner(telling: Telling) -> Organisation:
    """Raises Refused for what is none."""
    partner = await telling.session.get(Organisation, UUID(telling.params["partner"]))
    if partner is None:
        raise Refused("There is no such organisation.")
    return partner


async def text(telling: Telling) -> Screen:
    """The notice on a phone that others may read, once it is opened."""
    notice = await ConsentNotice.of(telling.session, telling.person, telling.texts)
    return Screen(
        notice.covered,
        keyboard([button(telling.texts("Go on"), ReviewConsent())]),
    )


async def noted(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("All right. You can change it at any time: /privacy."),
            discreet=N_("All right. /privacy changes it."),
            watched=N_("All right."),
        )
    )

"""Another organisation that is asked to help: what the person is asked, and what staff hear."""

from datetime import datetime, timedelta
from uuid import UUID

from dialogs.presses import HelpCame, ShareReferral, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.cases import severity_of
from dialogs.words.staying_shut import is_shut, stays_shut
from domain.marks import N_
from domain.referrals.agreeing import referral_of
from domain.referrals.partners import name_of_asked
from domain.referrals.standing import answers_now, helping_now
from storage.kinds import Received, ReferralState, Travels
from storage.tables.referrals import Referral

#: What may be told, in the person's words.
TRAVELS = {
    Travels.NEED: N_("• what you need, as we wrote it down"),
    Travels.LANGUAGE: N_("• your language"),
    Travels.CONTACT: N_("• when and how you can be written to safely"),
    Travels.COUNTRY: N_("• the country you are in"),
    Travels.AGE: N_("• whether you are a child or an adult"),
    Travels.WISHES: N_("• who should help you, and which places you avoid"),
    Travels.REACH_AT: N_("• how you can be reached outside of this chat, as you told us"),
    Travels.TALK: N_("• what we wrote to each other in this talk"),
}
_STAFF = {
    "offered": N_(
        "{severity} · referral <b>{code}</b>\nAnother organisation asks you to help somebody. "
        "Please answer in the console: after two days it goes back."
    ),
    "waits": N_(
        "{severity} · referral <b>{code}</b>\nAnother organisation still waits for your answer. "
        "Please accept or reject it in the console: somebody needs help."
    ),
    "ended": N_(
        "{severity} · referral <b>{code}</b>\nThis referral has ended: there is nothing more for "
        "you to answer or to do. If you had begun to help, call whoever asked you."
    ),
    "unanswered": N_(
        "{severity} · case <b>{code}</b>\nWhoever you asked to help has not answered in time. The "
        "person is still yours: call that organisation, or ask somebody else."
    ),
    "accepted": N_(
        "{severity} · case <b>{code}</b>\nWhoever you asked to help has accepted. What comes next "
        "stands in the console, under Referrals."
    ),
    "handed-over": N_(
        "{severity} · case <b>{code}</b>\nThis person is handed over: from now on whoever was "
        "asked to help accompanies them alone."
    ),
    "taken-back": N_(
        "{severity} · case <b>{code}</b>\nThe person no longer wants the organisation that you "
        "asked to help, so that has ended, and you have them alone. If it may still do something, "
        "call it and ask it to stop."
    ),
    "alone-again": N_(
        "{severity} · case <b>{code}</b>\nWhoever you asked to help accompanies this person no "
        "longer. The person is still yours: ask somebody else, or talk with them."
    ),
    "rejected": N_(
        "{severity} · case <b>{code}</b>\nWhoever you asked to help can't. Why, stands in the "
        "console, under Referrals. The person is still yours: ask somebody else, or call that "
        "organisation."
    ),
    "revoked": N_(
        "{severity} · case <b>{code}</b>\nA colleague took back that another organisation was "
        "asked to help. The person is still yours: ask somebody else, or talk with them."
    ),
    "lapsed": N_(
        "{severity} · case <b>{code}</b>\nNo answer came to your question whether another "
        "organisation can help, so it has ended. The person is still yours: ask somebody else, or "
        "talk with them."
    ),
    "unasked": N_(
        "{severity} · case <b>{code}</b>\nThe person could not be asked in the chat whether "
        "another organisation can help, so that has ended. The person is still yours: ask "
        "somebody else, or talk with them."
    ),
    "ask-them": N_(
        "{severity} · case <b>{code}</b>\nDid the help come? Call whoever accepted by mail, and "
        "note in the console what they say."
    ),
    "no-help": N_(
        "{severity} · case <b>{code}</b>\nWhoever you asked to help says that no help came. "
        "The person is still yours: ask somebody else, or talk with them."
    ),
    "unheard": N_(
        "{severity} · case <b>{code}</b>\nIt can't be handed over yet: nobody has heard a "
        "recording of theirs. Please listen to it in the console."
    ),
    "second": N_(
        "{severity} · case <b>{code}</b>\nA colleague wants to ask another organisation for help "
        "without asking the person first, since a life may depend on it. Decide with them in the "
        "console now."
    ),
    "hand-over": N_(
        "{severity} · case <b>{code}</b>\nA colleague offers you this case. Please accept or "
        "reject it in the console, under Referrals."
    ),
    "hand-over-ended": N_(
        "{severity} · case <b>{code}</b>\nThis case is not offered to you any more."
    ),
    "outcome": N_(
        "{severity} · referral <b>{code}</b>\nDid the help come? Please say so in the console."
    ),
}


async def asked(telling: Telling) -> Screen:
    """The question; once nobody asks it any more, what is so instead."""
    referral, _ = await _referral(telling)
    if is_shut(telling):
        return stays_shut(telling.texts)
    is_open = referral.state in (ReferralState.ASKED, ReferralState.OFFERED)
    return await (question(telling) if is_open else stands(telling))


async def question(telling: Telling) -> Screen:
    """What an answer answers, whatever became of it since."""
    texts = telling.texts
    referral, partner = await _referral(telling)
    then = texts("From then on they accompany you and write to you here, and we no longer do.")
    if referral.mail_partner_id is not None:
        then = texts(
            "They don't use Wayhome. They get a mail and read it with a code. We stay with you."
        )
    elif referral.joint_days:
        then = texts(
            "For {days} we both accompany you, and we write to you here; after that, they do.",
            days=texts.days(referral.joint_days),
        )
    lines = [
        texts("May we ask {partner} to help you? We would tell them:", partner=partner),
        _list(texts, referral),
        "",
        *_once_they_accept(texts, referral),
        then,
        "",
        texts(
            "Nothing else is told, and nobody else. A no costs you nothing, and nobody is told "
            "that you said it."
        ),
    ]
    yes = ShareReferral(referral=referral.id, granted=True)
    no = ShareReferral(referral=referral.id, granted=False)
    row = [button(texts("✅ Yes"), yes), button(texts("❌ No"), no)]
    return Screen("\n".join(lines), keyboard(row))


async def done(telling: Telling) -> Screen:
    """In danger to life, what was told without asking: that stays true, whatever came of it."""
    if telling.params["how"] != "vital" or is_shut(telling):
        return await stands(telling)
    referral, partner = await _referral(telling)
    words = telling.texts(
        "Your life seemed to be in danger. So we asked {partner} to help you, without asking "
        "you first. They were told only this:",
        partner=partner,
    )
    return Screen(f"{words}\n{_list(telling.texts, referral)}")


async def stands(telling: Telling) -> Screen:
    """Whether they help now, and how: when it is opened may be long after it was said. Why they do
    not is for a human to say.
    """
    referral, partner = await _referral(telling)
    if is_shut(telling):
        return stays_shut(telling.texts)
    now = await helping_now(telling.session, referral)
    if now is not None and now.state is ReferralState.HANDED_OVER:
        return Screen(await accompanied_by(telling, referral.asks, partner))
    return Screen(_how_it_stands(telling.texts, partner, now, telling.session.now))


def _how_it_stands(texts: Texts, partner: str, referral: Referral | None, now: datetime) -> str:
    if referral is None:
        return texts(
            "Please don't wait for {partner}: they do not help you now. If you need somebody, "
            "write here or send /help.",
            partner=partner,
        )
    if referral.mail_partner_id is not None:
        # Somebody whom they don't know may call them.
        return texts(
            "{partner} says that they can help you. We stay with you, too. If you need somebody, "
            "write here or send /help.",
            partner=partner,
        )
    return texts(
        "{partner} helps you now, together with us for {days}. Until then we write to you "
        "here, after that they do.",
        partner=partner,
        days=texts.days(_days_left(referral, now)),
    )


async def accompanied_by(telling: Telling, organisation_id: UUID, partner: str) -> str:
    """By whom the person is, and whether those answer what they write."""
    if await answers_now(telling.session, telling.person.id, organisation_id):
        return telling.texts(
            "From now on {partner} accompanies you, and writes to you here. If you need somebody, "
            "write here or send /help: they answer you.",
            partner=partner,
        )
    return telling.texts(
        "From now on {partner} accompanies you, too. If you need somebody, write here or send "
        "/help.",
        partner=partner,
    )


def _days_left(referral: Referral, now: datetime) -> int:
    """The one that has begun is counted; in an emergency it goes on for longer than was said."""
    left = (referral.look_at or now) - now
    return max(-(-left // timedelta(days=1)), 1)


async def received(telling: Telling) -> Screen:
    texts = telling.texts
    referral, partner = await _referral(telling)
    if is_shut(telling):
        return stays_shut(texts)
    answers = {
        Received.YES: texts("✅ Yes"),
        Received.NOT_YET: texts("🕰 Not yet"),
        Received.NO: texts("❌ No"),
    }
    rows = [
        [button(label, HelpCame(referral=referral.id, received=answer))]
        for answer, label in answers.items()
    ]
    return Screen(
        texts(
            "A while ago {partner} was asked to help you. Did you get that help?",
            partner=partner,
        ),
        keyboard(*rows),
    )


async def staff(telling: Telling) -> Screen:
    params = telling.params
    words = _STAFF[params["what"]]
    return Screen(
        telling.texts(
            words,
            severity=severity_of(telling.texts, params["severity"]),
            code=params["code"],
        )
    )


def _once_they_accept(texts: Texts, referral: Referral) -> list[str]:
    if referral.mail_partner_id is not None:
        return []
    return [
        texts(
            "If they accept, they see your language, your country and when you may be written to."
        )
    ]


async def _referral(telling: Telling) -> tuple[Referral, str]:
    """Raises Refused for somebody else's."""
    referral_id = UUID(telling.params["referral"])
    referral = await referral_of(telling.session, telling.person, referral_id)
    return referral, await name_of_asked(telling.session, referral)


def _list(texts: Texts, referral: Referral) -> str:
    return "\n".join(texts(TRAVELS[Travels(each)]) for each in referral.fields)

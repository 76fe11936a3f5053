"""What somebody is told who needs a human: the truth about when one will answer (P11)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from babel.dates import format_datetime

from dialogs.presses import (
    AskForHuman,
    InCountry,
    KeepTalk,
    NoHuman,
    OkayForNow,
    WishClosed,
    button,
    keyboard,
)
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.confiding import about_helper
from dialogs.words.hotlines import country_name, elsewhere_text, numbers_told
from dialogs.words.talk import as_they_are_read, back_to_the_team
from domain.alerts.called import is_anybody_called
from domain.calendar import zone
from domain.cases.finding import newest_case, open_case_of
from domain.cases.states import answer_due
from domain.crisis.answering import is_somebody_there
from domain.marks import N_
from domain.notices import Notice
from domain.pathways.lands import likely_lands
from domain.safeguarding.complaints import confides
from domain.safety.contacts import contact_with
from domain.safety.judging import ASKED_FOR, Contact, waits_for_a_word
from domain.signals.opening import would_reopen
from storage.tables.cases import Case

_A_LITTLE_WHILE = timedelta(minutes=5)
_A_DAY = timedelta(days=1)
_WRITE = N_("You can write here what it is about. They will read it.")
_UNTIL_ENDED = N_(
    "Until they have ended this talk, they still read what you write here and may write to you."
)
_ANY_WORD = N_(
    "If nothing has come in a quarter of an hour, send me any word: then I bring what they wrote."
)
_ENDED = N_("Our team has ended this talk. If you still need help, press the button or just write.")
#: Where words lie nowhere, or go past the team.
_ENDED_FOR_WORDS = N_("Our team has ended this talk. If you still need help, press the button.")
_NOBODY_YET = N_("I am sorry: nobody has answered you yet. We keep calling our team.")
_NOBODY_AT_ALL = N_(
    "I must be honest: our team has nobody right now who could answer you here. /services shows "
    "help near you."
)


_ALONE = N_("I think you may be in danger. I am a machine.")
#: Of words, or of the press of an answer.
_SHOWN = N_(
    "I think you may be in danger. I am a machine, so I have shown what you told me to people of "
    "our team."
)
_UNSHOWN = N_(
    "I think you may be in danger. I am a machine, so I have called people of our team. They do "
    "not see what you wrote."
)
#: Where it is known no more which.
_CALLED = N_("I think you may be in danger. I am a machine, so I have called people of our team.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand right now with this person, who has an open case."""

    case: Case
    staffed: bool
    #: Whether anybody hears of it, now or later: an organisation may have nobody left.
    heard: bool
    #: Whether anybody may answer here: none may where a deletion was asked, perhaps by force.
    answered: bool
    #: Whether what a worker answers may be held until they write again (P4).
    held: bool


async def standing(telling: Telling) -> Standing | None:
    """None where nothing is open, or no more."""
    session, returnee = telling.session, telling.person
    case = await open_case_of(session, returnee.id)
    if case is None:
        return None
    staffed = await is_somebody_there(session, returnee, case)
    heard = staffed or await is_anybody_called(session, case)
    contact = await contact_with(session, returnee)
    return Standing(
        case,
        staffed,
        heard,
        answered=heard and not contact.hushed,
        held=heard and _may_be_held(contact, case, session.now),
    )


def _may_be_held(contact: Contact, case: Case, now: datetime) -> bool:
    """Once their own words count no more as asking, or by when they were promised an answer."""
    soon = now + ASKED_FOR + _A_LITTLE_WHILE
    due = answer_due(case)
    return any(waits_for_a_word(contact, at) for at in (soon, max(due or soon, soon)))


async def crisis(telling: Telling) -> Screen:
    texts, now = telling.texts, await standing(telling)
    if now is None:
        return await _over(telling, Notice.CRISIS)
    return await _with_numbers(
        telling,
        Notice.CRISIS,
        texts(_in_danger(telling) if now.heard else _ALONE),
        *_when(telling, now),
        texts("If you are in danger now, don't wait for us: call."),
        texts("If somebody may look at this phone, send /hide and I empty this chat."),
    )


def _in_danger(telling: Telling) -> str:
    """To whom somebody hears of. Opened or drawn again it may not know how the cry came."""
    if "unshown" in telling.params:
        return _UNSHOWN
    if telling.params.keys() & {"opened", "chosen"}:
        return _CALLED
    return _UNSHOWN if confides(telling.session, telling.person) else _SHOWN


async def help_asked(telling: Telling) -> Screen:
    texts, now = telling.texts, await standing(telling)
    if now is None:
        return await _over(telling, Notice.HELP_ASKED)
    told = N_("You asked for a person. Our team has been told.")
    screen = await _with_numbers(
        telling,
        Notice.HELP_ASKED,
        texts(told if now.heard else N_("You asked for a person.")),
        *_when(telling, now),
        *await _to_be_read(telling, now),
    )
    past_the_team = about_helper(texts).inline_keyboard
    settled = [button(texts("I need nobody any more"), WishClosed())]
    return _with_buttons(screen, back_to_the_team(telling), *past_the_team, settled)


async def child_heard(telling: Telling) -> Screen:
    told = N_(
        "Thank you for telling me your age. I am a machine, so I have told the person of our team "
        "who looks after children and young people. Your family is not told."
    )
    alone = N_("Thank you for telling me your age. I am a machine. Your family is not told.")
    return await _to_child(telling, Notice.CHILD_HEARD, told, alone)


async def child_called_for(telling: Telling) -> Screen:
    """They said nothing of it just now, and not here."""
    told = N_(
        "I am a machine. I have told the person of our team who looks after children and young "
        "people. Your family is not told."
    )
    alone = N_("I am a machine. Your family is not told.")
    return await _to_child(telling, Notice.CHILD_CALLED_FOR, told, alone)


async def _to_child(telling: Telling, back: Notice, told: str, alone: str) -> Screen:
    texts, now = telling.texts, await standing(telling)
    if now is None:
        return await _over(telling, back)
    screen = await _with_numbers(
        telling,
        back,
        texts(told if now.heard else alone),
        *_when(telling, now),
        *await _to_be_read(telling, now),
        texts("If you are in danger now, don't wait for us: call."),
    )
    return _with_buttons(screen, back_to_the_team(telling))


async def _over(telling: Telling, back: Notice) -> Screen:
    """Opened or pressed once their case is closed, it calls nobody again. Its numbers are true."""
    texts = telling.texts
    danger = texts("If you are in danger now, don't wait for us: call.")
    screen = await _with_numbers(telling, back, danger)
    return _with_buttons(screen, _still_needed(texts))


async def nobody_yet(telling: Telling) -> Screen:
    """Opened or pressed later it may be true no longer; its numbers are."""
    texts, now = telling.texts, await standing(telling)
    if now is None:
        return await _over(telling, Notice.NOBODY_YET)
    waits = now.case.first_action_at is None
    sorry = texts(_NOBODY_YET if now.answered else _NOBODY_AT_ALL)
    return await _with_numbers(
        telling,
        Notice.NOBODY_YET,
        *([sorry, *_any_word(texts, now)] if waits else []),
        texts("If you can't wait, call one of these numbers."),
    )


async def help_offered(telling: Telling) -> Screen:
    texts = telling.texts
    past_the_team = about_helper(texts).inline_keyboard if telling.params.get("about_staff") else []
    return Screen(
        texts(
            "I am a machine, and I am not sure that I understood. Would you like a person from "
            "our team to write to you here?"
        ),
        keyboard(
            [button(texts("I am okay for now"), OkayForNow())],
            *past_the_team,
            [button(texts("Someone should write to me"), AskForHuman())],
            [button(texts("Not now"), NoHuman())],
        ),
    )


async def help_okay(telling: Telling) -> Screen:
    """It calls nobody safe, and thanks for the answer alone (P11)."""
    return Screen(
        telling.texts.form(
            N_("Thank you for saying so. If that changes, send /help, at any time."),
            discreet=N_("Thank you. /help works at any time."),
            watched=N_("Thank you."),
        )
    )


async def help_declined(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("All right. If you change your mind, send /help, at any time."),
            discreet=N_("All right. /help works at any time."),
            watched=N_("All right."),
        )
    )


async def closing_wished(telling: Telling) -> Screen:
    """It promises no end: that is for a human to decide, if one is there and has not yet."""
    now = await standing(telling)
    if now is None or not now.heard:
        return await help_declined(telling)
    texts = telling.texts
    sentences = [
        texts("I have passed it on to our team. A person looks at it."),
        *await _until_ended(telling, now),
    ]
    return Screen(" ".join(sentences), keyboard(back_to_the_team(telling), _still_needed(texts)))


async def case_closed(telling: Telling) -> Screen:
    """Of a talk that nobody agreed to, or no longer, it is said when it is erased, too. Covered, it
    may be opened once they talk again.
    """
    now = await standing(telling)
    if now is not None:
        return await _goes_on(telling, now)
    texts, session, person = telling.texts, telling.session, telling.person
    case = await newest_case(session, person)
    words_open_it = await would_reopen(session, person) and not confides(session, person)
    lines = [texts(_ENDED if words_open_it else _ENDED_FOR_WORDS)]
    rows = [_still_needed(texts)]
    if case is not None and case.erase_at is not None:
        left = max(ceil((case.erase_at - session.now) / _A_DAY), 0)
        days = texts.days(left)
        lines.append(
            texts(
                "We keep it only if you say yes. If you don't, all of it is erased in {days}.",
                days=days,
            )
        )
        rows.append([button(texts("It may be kept"), KeepTalk(case=case.id))])
    return Screen("\n\n".join(lines), keyboard(*rows))


async def _goes_on(telling: Telling, now: Standing) -> Screen:
    """A talk of which it was said that it had ended."""
    texts = telling.texts
    sentences = [*_when(telling, now), *await _until_ended(telling, now)]
    return Screen(" ".join(sentences), keyboard(back_to_the_team(telling), _still_needed(texts)))


def _still_needed(texts: Texts) -> list[InlineKeyboardButton]:
    return [button(texts("I still need help"), AskForHuman())]


async def _until_ended(telling: Telling, now: Standing) -> list[str]:
    return await as_they_are_read(telling, telling.texts(_UNTIL_ENDED)) if now.answered else []


async def _to_be_read(telling: Telling, now: Standing) -> list[str]:
    return await as_they_are_read(telling, telling.texts(_WRITE)) if now.heard else []


def _when(telling: Telling, now: Standing) -> list[str]:
    """When somebody should answer, and what brings it where it would be held until then (P11)."""
    return [_answer_comes(telling, now), *_any_word(telling.texts, now)]


def _any_word(texts: Texts, now: Standing) -> list[str]:
    return [texts(_ANY_WORD)] if now.held else []


def _answer_comes(telling: Telling, now: Standing) -> str:
    """When; or that nobody is there, or that nobody has answered in time."""
    texts, moment = telling.texts, telling.session.now
    if not now.answered:
        return texts(_NOBODY_AT_ALL)
    if not now.staffed:
        return texts("I must be honest: nobody is on duty right now. I have called them anyway.")
    due = answer_due(now.case)
    if due is None or due <= moment:
        waits = now.case.first_action_at is None
        return texts(_NOBODY_YET if waits else N_("Somebody is on duty."))
    if due - moment <= _A_LITTLE_WHILE:
        return texts("Somebody is on duty and should write to you here in a few minutes.")
    local = due.astimezone(zone(telling.person.time_zone))
    return texts(
        "Somebody is on duty and should write to you here before {time}.",
        time=format_datetime(local, "EEEE HH:mm", locale=texts.locale),
    )


async def _with_numbers(telling: Telling, back: Notice, *paragraphs: str) -> Screen:
    texts, numbers = telling.texts, await numbers_told(telling, telling.person.country)
    question = [texts("Which country are you in now?"), elsewhere_text(texts, numbers)]
    words = "\n\n".join([*paragraphs, numbers, " ".join(filter(None, question))])
    return Screen(words, await _countries(telling, back))


def _with_buttons(screen: Screen, *rows: list[InlineKeyboardButton]) -> Screen:
    """Above those of the countries."""
    countries = screen.keyboard.inline_keyboard if screen.keyboard else []
    return replace(screen, keyboard=keyboard(*rows, *countries))


async def _countries(telling: Telling, back: Notice) -> InlineKeyboardMarkup:
    """The one that they have just chosen is marked; what is taken of them before is no choice."""
    chosen = telling.person.country if "chosen" in telling.params else None
    lands = await likely_lands(telling.session, telling.person)
    names = {each: country_name(telling.texts, each) for each in lands}
    buttons = [
        button(f"✅ {name}" if each == chosen else name, InCountry(country=each, back=back))
        for each, name in names.items()
    ]
    return keyboard(*(buttons[start : start + 2] for start in range(0, len(buttons), 2)))

"""Words for everything that the domain puts in the outbox, found at the moment of sending.

On a phone that others may read, a notice with something to hide is covered: a line that says
nothing, and a button that opens it, whenever that is.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from aiogram.types import InlineKeyboardButton

from dialogs.presses import CoverAgain, OpenCovered, ToMenu, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words import (
    cases,
    chat,
    check_ins,
    confiding,
    consent,
    copies,
    correcting,
    forgetting,
    helping,
    hotlines,
    pathways,
    referring,
    services,
    staff,
    stop_word,
    talk,
    trying,
)
from domain.errors import Refused
from domain.notices import Notice
from domain.returnees.phone import discretion_now
from domain.safety.covers import LINES, OPENERS
from storage.kinds import Discretion
from storage.outbox.contents import Content, Notification
from storage.sessions import Session
from storage.tables.returnees import Returnee

_NAME = re.compile(r"[\w-]{1,32}")


@dataclass(frozen=True, slots=True)
class Wording:
    words: Callable[[Telling], Awaitable[Screen]]
    #: May stand on any screen: it is for staff, or has forms of its own for each kind of phone.
    bare: bool = False
    #: The params that it is found again by when it is opened: a row's id, then names.
    refers: tuple[str, ...] = ()
    #: Whether there is such a row, or names alone.
    of_row: bool = True
    #: The param that stands behind those where there is one.
    perhaps: str | None = None


async def render(
    session: Session, content: Notification, texts: Texts, returnee: Returnee | None
) -> Screen:
    """What a row of the outbox that holds a notice looks like on this person's phone now.

    Raises Refused when it is about a row that is not this person's.
    """
    telling = Telling(session, texts, content.params, returnee)
    notice = Notice(content.notice)
    if notice is Notice.REVEALED:
        return await _revealed(telling)
    if notice is Notice.NOTHING_NEW:
        return _nothing_new(telling)
    if notice is Notice.CONCEALED:
        return _cover(Notice(telling.params["notice"]), replace(telling, params=_inner(telling)))
    wording = WORDINGS[notice]
    if wording.bare or texts.discretion is Discretion.OPEN:
        return await wording.words(telling)
    return _cover(notice, telling)


def discretion_of(content: Content, returnee: Returnee | None) -> Discretion:
    """What may stand on the phone. Of one that was just forgotten, the message itself remembers."""
    if returnee is not None:
        return discretion_now(returnee)
    if isinstance(content, Notification) and content.chat is not None:
        return content.chat.discretion
    return Discretion.OPEN


async def _revealed(telling: Telling) -> Screen:
    notice = Notice(telling.params["notice"])
    screen = await WORDINGS[notice].words(replace(telling, params=_inner(telling)))
    if telling.texts.discretion is not Discretion.WATCHED:
        return screen
    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
    return replace(screen, keyboard=keyboard(*rows, [_close(telling)]))


def _nothing_new(telling: Telling) -> Screen:
    """What a wrong row of pictures shows: in form the same as a right one."""
    words = telling.texts("Hello. There is nothing new today.")
    if telling.params:
        return Screen(words, keyboard([_close(telling)]))
    return Screen(words, keyboard([button(telling.texts("Close"), ToMenu())]))


def _close(telling: Telling) -> InlineKeyboardButton:
    notice = Notice(telling.params["notice"])
    press = CoverAgain(notice=notice, refers=refer(notice, telling.params["params"]))
    return button(telling.texts("Close"), press)


def _inner(telling: Telling) -> dict[str, Any]:
    return {**telling.params["params"], "opened": True}


def _cover(notice: Notice, telling: Telling) -> Screen:
    texts = telling.texts
    line, label = texts(LINES[texts.discretion]), texts(OPENERS[texts.discretion])
    press = OpenCovered(notice=notice, refers=refer(notice, telling.params))
    return Screen(line, keyboard([button(label, press)]), covers=True)


def refer(notice: Notice, params: Mapping[str, Any]) -> str:
    """The params by which it is found again, short enough for a button."""
    wording = WORDINGS[notice]
    names = wording.refers
    if wording.perhaps is not None and wording.perhaps in params:
        names = (*names, wording.perhaps)
    if not names:
        return ""
    if not wording.of_row:
        return ".".join(str(params[name]) for name in names)
    row = urlsafe_b64encode(UUID(params[names[0]]).bytes).decode().rstrip("=")
    return ".".join([row, *(params[name] for name in names[1:])])


def referred(notice: Notice, refers: str) -> dict[str, str]:
    """The params that a button names. Raises Refused for what none of our buttons says."""
    wording = WORDINGS.get(notice)
    names = wording.refers if wording else ()
    parts = refers.split(".") if refers else []
    if wording is not None and wording.perhaps is not None and len(parts) > len(names):
        names = (*names, wording.perhaps)
    fits = len(parts) == len(names) and all(map(_NAME.fullmatch, parts))
    if wording is None or wording.bare or not fits:
        raise Refused("This button is not one of ours.")
    if not names:
        return {}
    if not wording.of_row:
        return dict(zip(names, parts, strict=True))
    try:
        row = UUID(bytes=urlsafe_b64decode(parts[0] + "=="))
    except (NoBase64, ValueError) as error:
        raise Refused("This button is not one of ours.") from error
    return dict(zip(names, [str(row), *parts[1:]], strict=True))


WORDINGS: dict[Notice, Wording] = {
    Notice.CRISIS: Wording(helping.crisis, of_row=False, perhaps="unshown"),
    Notice.HELP_ASKED: Wording(helping.help_asked),
    Notice.HELP_OFFERED: Wording(helping.help_offered),
    Notice.HELP_OKAY: Wording(helping.help_okay, bare=True),
    Notice.HELP_DECLINED: Wording(helping.help_declined, bare=True),
    Notice.CLOSING_WISHED: Wording(helping.closing_wished),
    Notice.NOBODY_NEEDED: Wording(helping.help_declined, bare=True),
    Notice.NOBODY_YET: Wording(helping.nobody_yet),
    Notice.CASE_CLOSED: Wording(helping.case_closed),
    Notice.RECORDING_KEPT: Wording(talk.recording_kept),
    Notice.RECORDING_UNREAD: Wording(talk.recording_unread),
    Notice.PLACE_UNSEEN: Wording(talk.place_unseen),
    Notice.NUMBER_UNSEEN: Wording(talk.number_unseen),
    Notice.UNOPENABLE: Wording(talk.unopenable),
    Notice.MESSAGE_KEPT: Wording(talk.message_kept, bare=True),
    Notice.CASEWORKER_WORDS: Wording(talk.caseworker_words, refers=("message",)),
    Notice.CHECK_IN_PROMPT: Wording(check_ins.prompt, refers=("check_in",)),
    Notice.CHECK_IN_QUESTION: Wording(
        check_ins.question, refers=("check_in", "question"), perhaps="wrong"
    ),
    Notice.CHECK_IN_THANKS: Wording(check_ins.thanks, bare=True),
    Notice.CHECK_IN_DAYS: Wording(check_ins.days, refers=("check_in",)),
    Notice.CHECK_IN_LATER: Wording(check_ins.later, bare=True),
    Notice.CHECK_IN_NOT_FIRST: Wording(check_ins.not_first, bare=True),
    Notice.CHECK_IN_STOPPED: Wording(check_ins.stopped, bare=True),
    Notice.CHECK_IN_NONE: Wording(check_ins.none_now, bare=True),
    Notice.INFORMATION: Wording(pathways.information, refers=("information",)),
    Notice.PICTURES: Wording(chat.pictures, bare=True),
    Notice.SERVICE: Wording(services.card, refers=("service",)),
    Notice.NUMBERS: Wording(hotlines.numbers, refers=("country",), of_row=False),
    Notice.HIDDEN: Wording(chat.hidden, bare=True),
    Notice.STOPPED: Wording(chat.stopped, bare=True),
    Notice.RESUMED: Wording(chat.resumed, bare=True),
    Notice.INVITE_REFUSED: Wording(chat.invite_refused, bare=True),
    Notice.SAFE_TO_TALK: Wording(talk.safe_to_talk, bare=True),
    Notice.TALK_ANSWERED: Wording(talk.talk_answered, bare=True),
    Notice.HOURS_STILL_RIGHT: Wording(chat.hours_still_right, bare=True),
    Notice.HOURS_RIGHT: Wording(talk.talk_answered, bare=True),
    Notice.WORDS_ASKED: Wording(talk.words_asked),
    Notice.WORDS_TAKEN: Wording(talk.words_taken, bare=True),
    Notice.CONFIDING: Wording(confiding.confiding),
    Notice.CONFIDED: Wording(confiding.confided, of_row=False, perhaps="recording"),
    Notice.SAID_ALL: Wording(confiding.said_all, bare=True),
    Notice.SAFEGUARDING_WORDS: Wording(confiding.safeguarding_words, refers=("message",)),
    Notice.NOT_DONE: Wording(chat.not_done, bare=True),
    Notice.NOTHING_KEPT: Wording(chat.nothing_kept, bare=True),
    Notice.FORGET_SURE: Wording(forgetting.sure, bare=True),
    Notice.FORGET_WAITS: Wording(forgetting.waits),
    Notice.FORGOTTEN: Wording(forgetting.forgotten, bare=True),
    Notice.CONSENT_ANEW: Wording(consent.asked_anew),
    Notice.PARTNER_ASKED: Wording(consent.partner_asked, refers=("partner",)),
    Notice.CONSENT_NOTED: Wording(consent.noted, bare=True),
    Notice.REFERRAL_ASKED: Wording(referring.asked, refers=("referral",)),
    Notice.REFERRAL_DONE: Wording(referring.done, refers=("referral", "how")),
    Notice.REFERRAL_ACCEPTED: Wording(referring.stands, refers=("referral",)),
    Notice.REFERRAL_ENDED: Wording(referring.stands, refers=("referral",)),
    Notice.REFERRAL_RECEIVED: Wording(referring.received, refers=("referral",)),
    Notice.CONSENT_TEXT: Wording(consent.text),
    Notice.CHILD_HEARD: Wording(helping.child_heard),
    Notice.CHILD_CALLED_FOR: Wording(helping.child_called_for),
    Notice.STOP_WORD: Wording(stop_word.about),
    Notice.FROZEN: Wording(stop_word.frozen, bare=True),
    Notice.SIGN: Wording(stop_word.sign, bare=True),
    Notice.RETENTION: Wording(forgetting.retention),
    Notice.PARTED: Wording(forgetting.parted, refers=("enrolment",)),
    Notice.CORRECT_WHICH: Wording(correcting.which, perhaps="behind"),
    Notice.CORRECT_HOW: Wording(correcting.how, bare=True),
    Notice.CORRECTED: Wording(correcting.corrected, bare=True),
    Notice.COPY: Wording(copies.copy, bare=True),
    Notice.COPY_ASKED: Wording(copies.asked, bare=True),
    Notice.COPY_RELEASED: Wording(copies.copy, bare=True),
    Notice.STAFF_ALERT: Wording(cases.alert, bare=True),
    Notice.STAFF_ASKED: Wording(cases.asked, bare=True),
    Notice.STAFF_CLAIMED: Wording(cases.claimed, bare=True),
    Notice.STAFF_WORDS_LEAVE: Wording(cases.words_leave, bare=True),
    Notice.STAFF_TAKEN_BACK: Wording(cases.taken_back, bare=True),
    Notice.STAFF_UNREACHED: Wording(cases.unreached, bare=True),
    Notice.STAFF_CLOSING: Wording(cases.closing, bare=True),
    Notice.STAFF_CLOSED: Wording(cases.closed, bare=True),
    Notice.STAFF_DRILL: Wording(staff.drill, bare=True),
    Notice.STAFF_SHIFT_OFFERED: Wording(staff.shift_offered, bare=True),
    Notice.STAFF_MUTING: Wording(staff.muting, bare=True),
    Notice.STAFF_NO_CLINICIAN: Wording(staff.no_clinician, bare=True),
    Notice.STAFF_LEFT_CHILDREN: Wording(staff.left_children, bare=True),
    Notice.STAFF_TRIAL: Wording(trying.trial, bare=True),
    Notice.STAFF_QUEUE: Wording(cases.queue, bare=True),
    Notice.STAFF_DUTY: Wording(staff.duty, bare=True),
    Notice.STAFF_JOINED: Wording(staff.joined, bare=True),
    Notice.STAFF_REFUSED: Wording(staff.refused, bare=True),
    Notice.STAFF_HINT: Wording(staff.hint, bare=True),
    Notice.STAFF_RENEWED: Wording(staff.renewed, bare=True),
    Notice.INVITE_REUSED: Wording(staff.invite_reused, bare=True),
    Notice.STAFF_COMPLAINT: Wording(staff.complaint, bare=True),
    Notice.STAFF_COMPLAINT_UNHEARD: Wording(staff.complaint_unheard, bare=True),
    Notice.STAFF_FORGET: Wording(staff.forget, bare=True),
    Notice.STAFF_CHANNEL_TRIED: Wording(staff.channel_tried, bare=True),
    Notice.STAFF_CHANNEL_FAILS: Wording(staff.channel_fails, bare=True),
    Notice.STAFF_TOPIC_STAYS: Wording(staff.topic_stays, bare=True),
    Notice.STAFF_REFERRAL: Wording(referring.staff, bare=True),
    Notice.STAFF_TASKS: Wording(staff.tasks, bare=True),
}

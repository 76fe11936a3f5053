"""Everything that Wayhome says by itself or for a caseworker, by name.

The domain decides that something is said, to whom and how urgently. Its words, in the person's
language and discretion, are found by dialogs/notices.py at the moment of sending. Every notice
has a class here, which decides what the safe window does with it (P4).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.returnees.person import chat_id_of
from storage.kinds import Discretion, NoticeClass
from storage.outbox import Delivery, Letter, Once, OutboxRow
from storage.returnees import Returnee
from storage.sessions import Session
from storage.unsent import put_newest


class Notice(StrEnum):
    # To the person who returned.
    CRISIS = "crisis"
    HELP_ASKED = "help-asked"
    HELP_OFFERED = "help-offered"
    HELP_OKAY = "help-okay"
    HELP_DECLINED = "help-declined"
    CLOSING_WISHED = "closing-wished"
    RECORDING_KEPT = "recording-kept"
    RECORDING_UNREAD = "recording-unread"
    PLACE_UNSEEN = "place-unseen"
    NUMBER_UNSEEN = "number-unseen"
    MESSAGE_KEPT = "message-kept"
    CASEWORKER_WORDS = "caseworker-words"
    NOBODY_YET = "nobody-yet"
    CASE_CLOSED = "case-closed"
    CHECK_IN_PROMPT = "check-in-prompt"
    CHECK_IN_QUESTION = "check-in-question"
    CHECK_IN_THANKS = "check-in-thanks"
    CHECK_IN_DAYS = "check-in-days"
    CHECK_IN_LATER = "check-in-later"
    CHECK_IN_STOPPED = "check-in-stopped"
    CHECK_IN_NONE = "check-in-none"
    INFORMATION = "information"
    REVEALED = "revealed"
    CONCEALED = "concealed"
    PICTURES = "pictures"
    NOTHING_NEW = "nothing-new"
    SERVICE = "service"
    NUMBERS = "numbers"
    HIDDEN = "hidden"
    STOPPED = "stopped"
    RESUMED = "resumed"
    INVITE_REFUSED = "invite-refused"
    SAFE_TO_TALK = "safe-to-talk"
    TALK_ANSWERED = "talk-answered"
    HOURS_STILL_RIGHT = "hours-still-right"
    HOURS_RIGHT = "hours-right"
    WORDS_ASKED = "words-asked"
    WORDS_TAKEN = "words-taken"
    CONFIDING = "confiding"
    CONFIDED = "confided"
    SAID_ALL = "said-all"
    SAFEGUARDING_WORDS = "safeguarding-words"
    NOT_DONE = "not-done"
    NOTHING_KEPT = "nothing-kept"
    FORGET_SURE = "forget-sure"
    FORGET_WAITS = "forget-waits"
    FORGOTTEN = "forgotten"
    CONSENT_ANEW = "consent-anew"
    PARTNER_ASKED = "partner-asked"
    CONSENT_NOTED = "consent-noted"
    REFERRAL_ASKED = "referral-asked"
    REFERRAL_DONE = "referral-done"
    REFERRAL_ACCEPTED = "referral-accepted"
    REFERRAL_ENDED = "referral-ended"
    REFERRAL_RECEIVED = "referral-received"
    CONSENT_TEXT = "consent-text"
    CHILD_HEARD = "child-heard"
    STOP_WORD = "stop-word"
    FROZEN = "frozen"
    SIGN = "sign"
    RETENTION = "retention"
    CORRECT_WHICH = "correct-which"
    CORRECT_HOW = "correct-how"
    CORRECTED = "corrected"
    COPY = "copy"
    COPY_ASKED = "copy-asked"
    COPY_RELEASED = "copy-released"
    # To staff.
    STAFF_ALERT = "staff-alert"
    STAFF_ASKED = "staff-asked"
    STAFF_CLAIMED = "staff-claimed"
    #: What staff wrote in a topic lies still for a moment, and was taken back.
    STAFF_WORDS_LEAVE = "staff-words-leave"
    STAFF_TAKEN_BACK = "staff-taken-back"
    #: What was written in a case never reached the person.
    STAFF_UNREACHED = "staff-unreached"
    STAFF_CLOSING = "staff-closing"
    STAFF_CLOSED = "staff-closed"
    #: A test alert to whoever is on duty.
    STAFF_DRILL = "staff-drill"
    #: To whom alone a colleague offers a shift.
    STAFF_SHIFT_OFFERED = "staff-shift-offered"
    #: A second person has to agree before an alarm is heard no more.
    STAFF_MUTING = "staff-muting"
    #: What measures health has nobody who looks after it.
    STAFF_NO_CLINICIAN = "staff-no-clinician"
    #: Somebody who was named for children has left.
    STAFF_LEFT_CHILDREN = "staff-left-children"
    STAFF_QUEUE = "staff-queue"
    STAFF_TRIAL = "staff-trial"
    STAFF_DUTY = "staff-duty"
    STAFF_JOINED = "staff-joined"
    STAFF_REFUSED = "staff-refused"
    STAFF_HINT = "staff-hint"
    STAFF_RENEWED = "staff-renewed"
    INVITE_REUSED = "invite-reused"
    STAFF_COMPLAINT = "staff-complaint"
    STAFF_FORGET = "staff-forget"
    STAFF_CHANNEL_TRIED = "staff-channel-tried"
    STAFF_CHANNEL_FAILS = "staff-channel-fails"
    STAFF_REFERRAL = "staff-referral"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a notice travels."""

    notice_class: NoticeClass
    #: Between chats, lower goes first.
    priority: int = 5
    #: Part of the talk about an open case, so an open emergency does not hold it back.
    about_case: bool = False
    #: Takes words off a screen, so nothing may hold it back.
    takes_away: bool = False
    #: Says nothing to anybody who holds the phone, so it may stand in a frozen chat.
    harmless: bool = False
    #: However often somebody writes or presses, the same is not said again while it waits, nor so
    #: soon after (P12).
    once_in: timedelta | None = None
    #: And it is the same in whatever language and on whatever phone.
    alike: bool = False


# Every press of a command is answered, but never by a queue of the same answer.
_WHILE_IT_WAITS = timedelta()
_A_MINUTE = timedelta(minutes=1)
_REPLY = Manner(NoticeClass.REPLY)
_ANSWER = Manner(NoticeClass.REPLY, once_in=_WHILE_IT_WAITS)
_RECEIPT = Manner(NoticeClass.REPLY, once_in=_A_MINUTE)
_WORKERS = Manner(NoticeClass.HUMAN, priority=1, about_case=True)
_STAFF = Manner(NoticeClass.STAFF)
_STAFF_ANSWER = Manner(NoticeClass.STAFF, once_in=_WHILE_IT_WAITS)
_ROUTINE = Manner(NoticeClass.ROUTINE, priority=9)

MANNERS: dict[Notice, Manner] = {
    Notice.CRISIS: Manner(NoticeClass.REPLY, priority=0, about_case=True),
    Notice.HELP_ASKED: replace(_ANSWER, priority=1, about_case=True),
    Notice.HELP_OFFERED: Manner(NoticeClass.REPLY, priority=2, once_in=_A_MINUTE),
    Notice.HELP_OKAY: replace(_ANSWER, alike=True),
    Notice.HELP_DECLINED: replace(_ANSWER, alike=True),
    Notice.CLOSING_WISHED: Manner(NoticeClass.REPLY, about_case=True, once_in=_WHILE_IT_WAITS),
    Notice.RECORDING_KEPT: _RECEIPT,
    Notice.RECORDING_UNREAD: _RECEIPT,
    Notice.PLACE_UNSEEN: _RECEIPT,
    Notice.NUMBER_UNSEEN: _RECEIPT,
    Notice.MESSAGE_KEPT: _REPLY,
    Notice.CASEWORKER_WORDS: _WORKERS,
    # It answers the cry: while that is fresh it counts as asked for, like a caseworker's words.
    Notice.NOBODY_YET: _WORKERS,
    Notice.CASE_CLOSED: Manner(NoticeClass.ROUTINE, about_case=True),
    Notice.CHECK_IN_PROMPT: _ROUTINE,
    Notice.CHECK_IN_QUESTION: _REPLY,
    Notice.CHECK_IN_THANKS: _REPLY,
    Notice.CHECK_IN_DAYS: _REPLY,
    Notice.CHECK_IN_LATER: _REPLY,
    Notice.CHECK_IN_STOPPED: _REPLY,
    Notice.CHECK_IN_NONE: _ANSWER,
    Notice.INFORMATION: _ROUTINE,
    Notice.REVEALED: _REPLY,
    Notice.CONCEALED: Manner(NoticeClass.REPLY, priority=0, takes_away=True),
    # Pictures, and a page that says nothing: they fit any chat.
    Notice.PICTURES: Manner(NoticeClass.REPLY, harmless=True),
    Notice.NOTHING_NEW: Manner(NoticeClass.REPLY, harmless=True),
    Notice.SERVICE: Manner(NoticeClass.REPLY, harmless=True),
    Notice.NUMBERS: _REPLY,
    Notice.HIDDEN: Manner(NoticeClass.REPLY, priority=0, takes_away=True),
    Notice.STOPPED: _REPLY,
    Notice.RESUMED: _REPLY,
    Notice.INVITE_REFUSED: _ANSWER,
    Notice.SAFE_TO_TALK: replace(_WORKERS, once_in=_WHILE_IT_WAITS),
    Notice.TALK_ANSWERED: _REPLY,
    Notice.HOURS_STILL_RIGHT: _ROUTINE,
    Notice.HOURS_RIGHT: _REPLY,
    Notice.WORDS_ASKED: _WORKERS,
    Notice.WORDS_TAKEN: _REPLY,
    Notice.CONFIDING: _ANSWER,
    Notice.CONFIDED: _RECEIPT,
    Notice.SAID_ALL: _ANSWER,
    Notice.SAFEGUARDING_WORDS: _WORKERS,
    Notice.NOT_DONE: Manner(NoticeClass.REPLY, once_in=_WHILE_IT_WAITS, harmless=True),
    Notice.NOTHING_KEPT: _ANSWER,
    Notice.FORGET_SURE: _ANSWER,
    Notice.FORGET_WAITS: Manner(NoticeClass.REPLY, about_case=True),
    Notice.RETENTION: _ROUTINE,
    Notice.CORRECT_WHICH: _ANSWER,
    Notice.CORRECT_HOW: _ANSWER,
    Notice.CORRECTED: _REPLY,
    Notice.COPY: Manner(NoticeClass.REPLY, once_in=timedelta(minutes=10)),
    Notice.COPY_ASKED: _ANSWER,
    Notice.COPY_RELEASED: Manner(NoticeClass.HUMAN),
    Notice.FORGOTTEN: Manner(NoticeClass.REPLY, priority=0, takes_away=True),
    # While two releases run side by side, their notices differ, and both would ask.
    Notice.CONSENT_ANEW: replace(_ROUTINE, once_in=timedelta(days=1)),
    # Nobody asked for it, though a caseworker sends it (P4).
    Notice.PARTNER_ASKED: replace(_ROUTINE, once_in=_WHILE_IT_WAITS),
    Notice.CONSENT_NOTED: _REPLY,
    # In an emergency, too: it is how help is found.
    Notice.REFERRAL_ASKED: replace(_ROUTINE, priority=2, about_case=True, once_in=_WHILE_IT_WAITS),
    Notice.REFERRAL_DONE: _ROUTINE,
    Notice.REFERRAL_ACCEPTED: _ROUTINE,
    Notice.REFERRAL_ENDED: _ROUTINE,
    Notice.REFERRAL_RECEIVED: _ROUTINE,
    Notice.CONSENT_TEXT: _REPLY,
    Notice.CHILD_HEARD: Manner(NoticeClass.REPLY, priority=0, about_case=True),
    Notice.STOP_WORD: _REPLY,
    # It empties the chat, or stands in one that was emptied.
    Notice.FROZEN: Manner(NoticeClass.REPLY, priority=0, takes_away=True, once_in=_WHILE_IT_WAITS),
    Notice.SIGN: Manner(NoticeClass.REPLY, priority=1, once_in=_A_MINUTE, harmless=True),
    # A group that takes twenty messages a minute must not have a queue of the same alert.
    Notice.STAFF_ALERT: Manner(NoticeClass.STAFF, priority=0, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_ASKED: Manner(NoticeClass.STAFF, priority=1),
    Notice.STAFF_CLAIMED: _STAFF,
    # Before alerts that come again: it is of use for a few seconds.
    Notice.STAFF_WORDS_LEAVE: Manner(NoticeClass.STAFF, priority=0),
    Notice.STAFF_TAKEN_BACK: _STAFF,
    Notice.STAFF_UNREACHED: Manner(NoticeClass.STAFF, priority=1, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_CLOSING: _STAFF,
    Notice.STAFF_CLOSED: _STAFF,
    Notice.STAFF_DRILL: Manner(NoticeClass.STAFF, priority=0),
    Notice.STAFF_SHIFT_OFFERED: _STAFF,
    Notice.STAFF_MUTING: Manner(NoticeClass.STAFF, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_NO_CLINICIAN: Manner(NoticeClass.STAFF, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_LEFT_CHILDREN: Manner(NoticeClass.STAFF, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_QUEUE: _STAFF,
    Notice.STAFF_TRIAL: _STAFF,
    Notice.STAFF_DUTY: _STAFF,
    Notice.STAFF_JOINED: _STAFF,
    Notice.STAFF_REFUSED: _STAFF_ANSWER,
    Notice.STAFF_HINT: _STAFF_ANSWER,
    Notice.STAFF_RENEWED: _STAFF,
    Notice.INVITE_REUSED: _STAFF_ANSWER,
    Notice.STAFF_COMPLAINT: Manner(NoticeClass.STAFF, priority=1, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_FORGET: Manner(NoticeClass.STAFF, priority=2),
    Notice.STAFF_CHANNEL_TRIED: _STAFF,
    Notice.STAFF_CHANNEL_FAILS: Manner(NoticeClass.STAFF, priority=2),
    Notice.STAFF_REFERRAL: Manner(NoticeClass.STAFF, priority=1),
}

#: The param of words that name a person, a place or a time.
ONLY_CONFIRMED = "only_confirmed"
#: The param of words that a worker sends at any hour, since it is an emergency.
ANY_HOUR = "any_hour"

# After anything else, what somebody writes is no answer to a question that stands further up.
_LEAVES_QUESTION_OPEN = (
    Notice.CHECK_IN_QUESTION,
    Notice.REVEALED,
    Notice.CONCEALED,
    Notice.MESSAGE_KEPT,
)

# The same message a moment later gives another number here.
_TELLS_TIME = "minutes"


async def tell(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    edit: int | None = None,
    case_id: UUID | None = None,
    check_in_id: UUID | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxRow:
    """Puts a notice on its way to a person; `edit` names the message it takes the place of."""
    written = letter(
        session,
        returnee,
        notice,
        params,
        edit=edit,
        case_id=case_id,
        check_in_id=check_in_id,
        not_before=not_before,
        expires_at=expires_at,
    )
    return await put_newest(session, written.chat_id, written.content, written.delivery)


def letter(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any] | None,
    *,
    check_in_id: UUID | None,
    expires_at: datetime | None,
    edit: int | None = None,
    case_id: UUID | None = None,
    not_before: datetime | None = None,
) -> Letter:
    """The same, to be put on its way with others."""
    if notice not in _LEAVES_QUESTION_OPEN and returnee.typing_for is not None:
        returnee.typing_for = None
    content = {"notice": notice, "params": params or {}, "edit": edit}
    delivery = replace(
        _travels(notice, content),
        not_before=not_before,
        expires_at=expires_at,
        returnee_id=returnee.id,
        case_id=case_id,
        check_in_id=check_in_id,
    )
    return Letter(chat_id_of(session, returnee), content, delivery)


async def tell_chat(
    session: Session,
    chat_id: int,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    language: str = "en",
    edit: int | None = None,
    thread_id: int | None = None,
    case_id: UUID | None = None,
    in_topic: bool = False,
    discretion: Discretion = Discretion.OPEN,
    not_before: datetime | None = None,
) -> OutboxRow:
    """Puts a notice on its way to staff, or to somebody of whom nothing is kept.

    `in_topic`: to the case's own topic of that group, which is made when it is needed.
    `discretion`: what may stand on a phone of which nothing is kept any more.
    """
    content = {
        "notice": notice,
        "params": params or {},
        "edit": edit,
        "thread": thread_id,
        "language": language,
        "topic_of_case": str(case_id) if in_topic else None,
        "discretion": discretion,
    }
    delivery = replace(_travels(notice, content), case_id=case_id, not_before=not_before)
    return await put_newest(session, chat_id, content, delivery)


def _travels(notice: Notice, content: dict[str, Any]) -> Delivery:
    manner = MANNERS[notice]
    once = None
    if manner.once_in is not None:
        params = {name: value for name, value in content["params"].items() if name != _TELLS_TIME}
        what = json.dumps({**content, "params": params}, sort_keys=True)
        once = Once(notice if manner.alike else what, manner.once_in)
    return Delivery(manner.notice_class, manner.priority, once=once)

"""How each notice travels, and what the safe window does with it (P4)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.notices.names import Notice
from storage.kinds import NoticeClass


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
_TEN_MINUTES = timedelta(minutes=10)
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
    Notice.NOBODY_NEEDED: _ANSWER,
    Notice.RECORDING_KEPT: _RECEIPT,
    Notice.RECORDING_UNREAD: _RECEIPT,
    Notice.PLACE_UNSEEN: _RECEIPT,
    Notice.NUMBER_UNSEEN: _RECEIPT,
    Notice.UNOPENABLE: _RECEIPT,
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
    Notice.CHECK_IN_NOT_FIRST: _REPLY,
    Notice.CHECK_IN_STOPPED: _REPLY,
    Notice.CHECK_IN_NONE: _ANSWER,
    Notice.INFORMATION: _ROUTINE,
    Notice.REVEALED: _REPLY,
    Notice.CONCEALED: Manner(NoticeClass.REPLY, priority=0, takes_away=True),
    # Pictures, and a page that says nothing: they fit any chat.
    Notice.PICTURES: Manner(NoticeClass.REPLY, harmless=True),
    Notice.NOTHING_NEW: Manner(NoticeClass.REPLY, harmless=True),
    Notice.SERVICE: _REPLY,
    Notice.NUMBERS: _REPLY,
    Notice.HIDDEN: Manner(NoticeClass.REPLY, priority=0, takes_away=True),
    Notice.STOPPED: _REPLY,
    Notice.RESUMED: _REPLY,
    Notice.INVITE_REFUSED: _ANSWER,
    Notice.SAFE_TO_TALK: replace(_WORKERS, once_in=_WHILE_IT_WAITS),
    Notice.TALK_ANSWERED: _REPLY,
    Notice.HOURS_STILL_RIGHT: _ROUTINE,
    Notice.HOURS_RIGHT: _REPLY,
    Notice.WORDS_ASKED: replace(_WORKERS, once_in=_WHILE_IT_WAITS),
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
    Notice.PARTED: _ROUTINE,
    Notice.CORRECT_WHICH: _ANSWER,
    Notice.CORRECT_HOW: _ANSWER,
    Notice.CORRECTED: _REPLY,
    Notice.COPY: Manner(NoticeClass.REPLY, once_in=_TEN_MINUTES),
    Notice.COPY_ASKED: _ANSWER,
    Notice.COPY_RELEASED: Manner(NoticeClass.HUMAN, once_in=_TEN_MINUTES),
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
    # Safeguarding calls somebody at whatever hour, and may do so long after the child confided.
    Notice.CHILD_CALLED_FOR: _WORKERS,
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
    Notice.STAFF_COMPLAINT_UNHEARD: Manner(NoticeClass.STAFF, priority=1, once_in=_WHILE_IT_WAITS),
    Notice.STAFF_FORGET: Manner(NoticeClass.STAFF, priority=2),
    Notice.STAFF_CHANNEL_TRIED: _STAFF,
    Notice.STAFF_CHANNEL_FAILS: Manner(NoticeClass.STAFF, priority=2),
    Notice.STAFF_TOPIC_STAYS: _STAFF,
    Notice.STAFF_REFERRAL: Manner(NoticeClass.STAFF, priority=1),
    Notice.STAFF_TASKS: _STAFF,
}

"""The words that rows are sorted by. Plain values, so that a rule may use them without a table."""

from enum import StrEnum


class OfANewerRelease(LookupError):
    """What a row says is known to a newer release alone, which has written it."""


class Severity(StrEnum):
    """How soon a human must act: within minutes, the hour, the next working day; or not at all."""

    NONE = "none"
    CONCERN = "concern"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    def __init__(self, _: str) -> None:
        #: 0 for none up to 3 for emergency.
        self.rank = len(type(self))

    @property
    def one_step_lower(self) -> "Severity":
        return list(Severity)[max(self.rank - 1, 0)]


class Role(StrEnum):
    CASEWORKER = "caseworker"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"


class Gender(StrEnum):
    WOMAN = "woman"
    MAN = "man"


class AgeBand(StrEnum):
    ADULT = "adult"
    YOUTH = "15-17"
    CHILD = "under-15"
    UNKNOWN = "unknown"


class Identity(StrEnum):
    """Who holds the phone: nobody has checked, a worker has confirmed it, or it is in doubt."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    DOUBTED = "doubted"


class ConflictKind(StrEnum):
    """Why somebody of the staff must see nothing of a person."""

    #: The person does not want them.
    EXCLUDED = "excluded"
    #: They stepped back by themselves.
    RECUSED = "recused"
    #: Something was said about them.
    COMPLAINT = "complaint"


class ComplaintKind(StrEnum):
    """What a person tells safeguarding."""

    #: Something about somebody who helps them.
    ABOUT_STAFF = "about-staff"
    #: Whom they don't want to know of them.
    KEEP_AWAY = "keep-away"


class Discretion(StrEnum):
    """What may stand on this phone's screen without a tap."""

    OPEN = "open"
    DISCREET = "discreet"
    WATCHED = "watched"


class Visible(StrEnum):
    """What stays in the chat of a watched phone, a few minutes after it was last used."""

    NOTHING = "nothing"
    #: Our own pages, in their neutral form; what the person wrote goes.
    ORDINARY = "ordinary"
    EVERYTHING = "everything"


class SilencePlan(StrEnum):
    """What somebody wants done when they fall silent."""

    NOTHING = "nothing"
    WRITE_ONCE = "write-once"
    #: Somebody whom they named, for a time.
    OTHER = "other"


class Purpose(StrEnum):
    """What a person may agree to, each by itself."""

    CHECK_INS = "check-ins"
    CASEWORKER = "caseworker"
    #: What they answer about their health and how they feel is asked and kept.
    ANSWERS = "answers"
    VOICE = "voice"
    #: A partner, whom the line of the ledger names, is told what they need in order to help.
    PARTNER = "partner"


class How(StrEnum):
    """Where a person said yes or no."""

    WELCOME = "welcome"
    PRIVACY = "privacy"
    CHECK_IN = "check-in"
    #: A caseworker asked, and they pressed a button.
    ASKED = "asked"
    #: They were asked anew and said nothing for 30 days, which counts as a no.
    LAPSED = "lapsed"


class Renewing(StrEnum):
    """Why somebody is asked anew what they agree to."""

    ARRIVED = "arrived"
    #: On, to another country.
    MOVED = "moved"
    CHANGED = "changed"
    ADULT = "adult"


class CaseState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How a case ended. Never 'safe': nobody can know that from a chat."""

    HELPED = "helped"
    REFERRED = "referred"
    NO_HELP_WANTED = "no-help-wanted"
    NOT_REACHED = "not-reached"
    MISTAKEN = "mistaken"


class CaseEventKind(StrEnum):
    OPENED = "opened"
    SIGNAL = "signal"
    RAISED = "raised"
    ALERTED = "alerted"
    CLAIMED = "claimed"
    RELEASED = "released"
    REACHED_OUT = "reached-out"
    #: What somebody sent them will never arrive.
    UNREACHED = "unreached"
    NOTE = "note"
    SNOOZED = "snoozed"
    RETURNED = "returned"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    TOLD_WAITING = "told-waiting"
    #: The phone says that they need nobody any more.
    CLOSING_WISHED = "closing-wished"
    #: Asked whether somebody should write, the phone says that they are okay, or: not now.
    OKAY_SAID = "okay-said"
    NOT_NOW_SAID = "not-now-said"
    #: They had fallen silent, and a check-in was answered since.
    CHECK_IN_ANSWERED = "check-in-answered"
    CONSENT_TAKEN_BACK = "consent-taken-back"
    AGREED = "agreed"
    UNFROZEN = "unfrozen"
    REFERRAL_ASKED = "referral-asked"
    REFERRAL_OFFERED = "referral-offered"
    REFERRAL_ACCEPTED = "referral-accepted"
    REFERRAL_REJECTED = "referral-rejected"
    REFERRAL_ENDED = "referral-ended"
    HANDED_OVER = "handed-over"
    HAND_OVER_OFFERED = "hand-over-offered"
    HAND_OVER_ENDED = "hand-over-ended"


class ReferralState(StrEnum):
    """How far it is that another organisation helps somebody."""

    #: The person is asked in the chat.
    ASKED = "asked"
    #: A life may depend on it: a second one of the staff decides with whoever began it.
    TO_DECIDE = "to-decide"
    OFFERED = "offered"
    #: Both accompany the person, and the giver still has the case.
    ACCEPTED = "accepted"
    HANDED_OVER = "handed-over"
    REJECTED = "rejected"
    #: By whoever offered it, or by the person.
    REVOKED = "revoked"
    #: Nobody said anything for too long.
    LAPSED = "lapsed"


class HandOverState(StrEnum):
    """What became of a case that one colleague offered to another."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    #: The other one went off duty, or it was no longer the giver's.
    LAPSED = "lapsed"


class Travels(StrEnum):
    """What the other organisation is told, each picked by itself."""

    NEED = "need"
    LANGUAGE = "language"
    CONTACT = "contact"
    COUNTRY = "country"
    AGE = "age"
    WISHES = "wishes"
    #: How to reach them outside of the chat, as they wish it: for those who have a mailbox only.
    REACH_AT = "reach-at"
    #: What was said in the case, to read once they have accepted.
    TALK = "talk"


class Received(StrEnum):
    """Whether the help that somebody was referred to came."""

    YES = "yes"
    NOT_YET = "not-yet"
    NO = "no"


class TaskKind(StrEnum):
    """What somebody of the team owes in a case."""

    TASK = "task"
    #: An answer to a colleague who asked them about it.
    CONSULT = "consult"
    #: After an emergency: how it was, and what they need now.
    DEBRIEF = "debrief"


class Direction(StrEnum):
    FROM_RETURNEE = "from-returnee"
    TO_RETURNEE = "to-returnee"


class MessageKind(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    PHOTO = "photo"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


#: What nobody can read automatically.
UNREADABLE = frozenset(
    {MessageKind.VOICE, MessageKind.PHOTO, MessageKind.DOCUMENT, MessageKind.OTHER}
)


class CheckInState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    STARTED = "started"
    ANSWERED = "answered"
    SILENT = "silent"
    MISSED = "missed"
    FAILED = "failed"
    MISSED_BY_US = "missed-by-us"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


#: Of what is asked or told: it goes out when its time comes, or when nothing holds it any more.
TO_COME = (CheckInState.PLANNED, CheckInState.HELD)
#: And while it goes out, until Telegram has confirmed it.
NOT_SENT_YET = (*TO_COME, CheckInState.SENDING)


class CampaignState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class NoticeClass(StrEnum):
    """Who asked for an outgoing message; decides whether the safe window holds it back.

    A reply answers the person's own update. A human's words, and the word that one was called or
    has not come yet, count as asked for a while after the person wrote. Routine was never asked.
    Staff messages go to staff, whom no window protects.
    """

    REPLY = "reply"
    HUMAN = "human"
    ROUTINE = "routine"
    STAFF = "staff"


class OutboxState(StrEnum):
    #: Until an instant of the rules' clock, to be judged again then.
    HELD = "held"
    #: It may go, or is on its way.
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: It may still go, or is on its way.
UNSENT = (OutboxState.WAITING, OutboxState.HELD)


class Hold(StrEnum):
    """Why a rule holds what is to go to a phone."""

    #: For an hour that the person called safe, and for nothing else.
    WINDOW = "window"
    PAUSED = "paused"
    FROZEN = "frozen"
    NEVER_FIRST = "never-first"
    #: They asked to be forgotten.
    LEAVING = "leaving"
    IDENTITY = "identity"
    EMERGENCY = "emergency"
    #: No key opens their hours.
    ILLEGIBLE = "illegible"
    #: It takes words off a watched screen, once the last activity is a while ago.
    COVERS = "covers"
    VANISHES = "vanishes"

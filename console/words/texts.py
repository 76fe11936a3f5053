"""What the console calls things. Codes become words here and nowhere else."""

from collections.abc import Mapping
from typing import Any

from domain.campaigns.schedule import Unit
from domain.cases.outcomes import OUTCOMES
from domain.cases.telling_names import Told
from domain.check_ins.eligibility import Exclusion
from domain.children.known import AGES
from domain.directory.freshness import Age
from domain.directory.hotlines import WHO_ANSWERS
from domain.duty.coverage import Lack
from domain.figures.publication import Trait
from domain.figures.reach import Reach
from domain.figures.traits import Since
from domain.identity.trust import Proof
from domain.marks import N_
from domain.pathways.planning import Change
from domain.pathways.reconciling import WhyUnplanned
from domain.pathways.standing import Standing
from domain.pathways.values import Anchor
from domain.privacy.passing_on import Reason
from domain.profiles.reading import Reachability
from domain.replies.phrases import PHRASES
from storage.kinds import (
    CampaignState,
    CaseEventKind,
    CaseState,
    CheckInState,
    ComplaintKind,
    ConflictKind,
    Discretion,
    Gender,
    Hold,
    How,
    Identity,
    MessageKind,
    OutboxState,
    Purpose,
    Received,
    ReferralState,
    Role,
    Severity,
    SilencePlan,
    TaskKind,
    Travels,
)

SEVERITIES = {
    Severity.EMERGENCY: N_("Emergency"),
    Severity.URGENT: N_("Urgent"),
    Severity.CONCERN: N_("Concern"),
    Severity.NONE: N_("No alarm"),
}
CASE_STATES = {
    CaseState.OPEN: N_("Nobody yet"),
    CaseState.CLAIMED: N_("Claimed"),
    CaseState.WAITING: N_("Waiting for their answer"),
    CaseState.SNOOZED: N_("Put off"),
    CaseState.RESOLVED: N_("Closed"),
}
ROLES = {
    Role.CASEWORKER: N_("Caseworker"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.SAFEGUARDING: N_("Safeguarding"),
    Role.ADMIN: N_("Administrator"),
}
IDENTITIES = {
    Identity.UNCONFIRMED: N_("Not confirmed"),
    Identity.CONFIRMED: N_("Confirmed"),
    Identity.DOUBTED: N_("In doubt"),
}
PROOFS = {
    Proof.MET: N_("I met them: it is them"),
    Proof.VIDEO: N_("I saw them by video: it is them"),
}
COMPLAINTS = {
    ComplaintKind.ABOUT_STAFF: N_("About somebody of the staff"),
    ComplaintKind.KEEP_AWAY: N_("Somebody must not know of them"),
}
ERASURE_REASONS = {
    Reason.ASKED_IN_PERSON: N_("They said so, face to face"),
    Reason.ASKED_IN_WRITING: N_("They wrote it to us"),
    Reason.NEVER_AGREED: N_("They were enrolled without agreeing"),
    Reason.NOT_THEIRS: N_("It is not their phone"),
}
CONFLICTS = {
    ConflictKind.EXCLUDED: N_("The person does not want them"),
    ConflictKind.RECUSED: N_("They asked for it themselves"),
    ConflictKind.COMPLAINT: N_("Something was said about them"),
}
GENDERS = {
    Gender.WOMAN: N_("A woman"),
    Gender.MAN: N_("A man"),
}
HOWS = {
    How.WELCOME: N_("when they were welcomed or asked anew"),
    How.PRIVACY: N_("by themselves, in their settings"),
    How.CHECK_IN: N_("when they were asked how they are"),
    How.ASKED: N_("when a caseworker asked"),
    How.LAPSED: N_("asked anew, and left open for 30 days"),
}
SILENCE_PLANS = {
    SilencePlan.NOTHING: N_("Do nothing"),
    SilencePlan.WRITE_ONCE: N_("Write to them once"),
    SilencePlan.OTHER: N_("Contact the one they named"),
}
DISCRETIONS = {
    Discretion.OPEN: N_("Open: messages show their words"),
    Discretion.DISCREET: N_("Discreet: words show after a tap"),
    Discretion.WATCHED: N_("Watched: only neutral words ever show"),
}
PURPOSES = {
    Purpose.CHECK_INS: N_("Being asked how they are"),
    Purpose.CASEWORKER: N_("Talking with a caseworker"),
    Purpose.ANSWERS: N_("Answers about health and feelings"),
    Purpose.VOICE: N_("Keeping voice notes"),
    Purpose.PARTNER: N_("Sharing with a partner"),
}
ANCHORS = {
    Anchor.DEPARTURE: N_("Departure"),
    Anchor.ARRIVAL: N_("Arrival"),
}
CHANGES = {
    Change.UNKNOWN: N_("Its day is not known"),
    Change.NEW: N_("New"),
    Change.MOVED: N_("Moved"),
    Change.SAME: N_("Stays"),
    Change.GONE: N_("Dropped"),
    Change.TOO_LATE: N_("Its time has passed"),
    Change.HAPPENED: N_("Done or begun: stays"),
}
UNPLANNED = {
    WhyUnplanned.NO_PATHWAY: N_("On no pathway, and nothing else is planned"),
    WhyUnplanned.DAY_MISSING: N_("The day of departure or arrival is missing"),
    WhyUnplanned.AT_ITS_END: N_("At the end of their pathway"),
    WhyUnplanned.NOT_PLANNED: N_("A step is to come and is not planned: keep the pathway again"),
}
STANDINGS = {
    Standing.DAY_MISSING: N_("Its day is not known"),
    Standing.NEVER_PLANNED: N_("Before they were on it"),
    Standing.TO_COME: N_("Still to come"),
    Standing.WAITS: N_("Waits for a better time"),
    Standing.OVERDUE: N_("Overdue"),
    Standing.DONE: N_("Done"),
    Standing.ANSWERED: N_("Answered"),
    Standing.NOT_DONE: N_("Not done"),
    Standing.FAILED_BY_US: N_("We failed"),
    Standing.OVER: N_("Over"),
}
DELIVERIES = {
    OutboxState.HELD: N_("On its way"),
    OutboxState.WAITING: N_("On its way"),
    OutboxState.SENT: N_("Delivered"),
    OutboxState.FAILED: N_("Not delivered"),
    OutboxState.CANCELLED: N_("Called back"),
}
CAMPAIGN_STATES = {
    CampaignState.DRAFT: N_("Draft"),
    CampaignState.RUNNING: N_("Running"),
    CampaignState.PAUSED: N_("Paused"),
    CampaignState.STOPPED: N_("Stopped"),
}
#: Why something waits, by the code in its row.
HOLDS: dict[str, str] = {
    Hold.WINDOW: N_("Waits for the hours they called safe"),
    Hold.PAUSED: N_("Waits: they asked for a pause"),
    Hold.FROZEN: N_("Waits: they used their stop word"),
    Hold.EMERGENCY: N_("Waits: an emergency is open"),
    Hold.IDENTITY: N_("Waits until somebody has made sure who is there"),
    Hold.LEAVING: N_("Waits: they asked to be forgotten"),
    Hold.NEVER_FIRST: N_("Waits until they write first"),
    Hold.ILLEGIBLE: N_("Waits: their safe hours can't be read any more"),
}
EVENTS = {
    CaseEventKind.OPENED: N_("Case opened"),
    CaseEventKind.SIGNAL: N_("New signal"),
    CaseEventKind.RAISED: N_("Became more urgent"),
    CaseEventKind.ALERTED: N_("Alert sent to those on duty"),
    CaseEventKind.CLAIMED: N_("Claimed"),
    CaseEventKind.RELEASED: N_("Given back to the queue"),
    CaseEventKind.REACHED_OUT: N_("Wrote to the person"),
    CaseEventKind.UNREACHED: N_("What was written did not reach the person"),
    CaseEventKind.NOTE: N_("Note"),
    CaseEventKind.SNOOZED: N_("Put off"),
    CaseEventKind.RETURNED: N_("Went back to the queue"),
    CaseEventKind.RESOLVED: N_("Closed"),
    CaseEventKind.REOPENED: N_("Opened again"),
    CaseEventKind.TOLD_WAITING: N_("The person is to be told that nobody has answered yet"),
    CaseEventKind.CLOSING_WISHED: N_("The phone says that they need nobody any more"),
    CaseEventKind.OKAY_SAID: N_("The phone says that they are okay for now"),
    CaseEventKind.NOT_NOW_SAID: N_("The phone says that nobody should write for now"),
    CaseEventKind.CHECK_IN_ANSWERED: N_("A check-in was answered on the phone"),
    CaseEventKind.CONSENT_TAKEN_BACK: N_("The person wants nobody to read along any more"),
    CaseEventKind.AGREED: N_("The person agreed that this talk is kept"),
    CaseEventKind.UNFROZEN: N_("Undid the stop word"),
    CaseEventKind.REFERRAL_ASKED: N_("Another organisation is to be asked for help"),
    CaseEventKind.REFERRAL_OFFERED: N_("Another organisation was asked for help"),
    CaseEventKind.REFERRAL_ACCEPTED: N_("The other organisation accepted"),
    CaseEventKind.REFERRAL_REJECTED: N_("The other organisation said no"),
    CaseEventKind.REFERRAL_ENDED: N_("The referral came to nothing"),
    CaseEventKind.HAND_OVER_OFFERED: N_("Offered to a colleague"),
    CaseEventKind.HAND_OVER_ENDED: N_("The offer to a colleague ended"),
    CaseEventKind.HANDED_OVER: N_("Handed over to another organisation"),
}
REFERRAL_STATES = {
    ReferralState.ASKED: N_("The person is asked"),
    ReferralState.TO_DECIDE: N_("Two of you decide"),
    ReferralState.OFFERED: N_("Waiting for an answer"),
    ReferralState.ACCEPTED: N_("Both accompany them"),
    ReferralState.HANDED_OVER: N_("Handed over"),
    ReferralState.REJECTED: N_("They said no"),
    ReferralState.REVOKED: N_("Taken back"),
    ReferralState.LAPSED: N_("No answer came"),
}
TRAVELS = {
    Travels.NEED: N_("What they need"),
    Travels.LANGUAGE: N_("Language"),
    Travels.CONTACT: N_("How to contact them safely"),
    Travels.COUNTRY: N_("Country"),
    Travels.AGE: N_("Age"),
    Travels.WISHES: N_("Who should help them, and places that are not safe for them"),
    Travels.REACH_AT: N_("How to reach them outside of the chat"),
    Travels.TALK: N_("What was said in this case, to read once they have accepted"),
}
RECEIVED = {
    Received.YES: N_("Yes, it came"),
    Received.NOT_YET: N_("Not yet"),
    Received.NO: N_("No, it did not come"),
}
CHECK_INS = {
    CheckInState.SENT: N_("Check-in asked"),
    CheckInState.STARTED: N_("Check-in begun"),
    CheckInState.ANSWERED: N_("Check-in answered"),
    CheckInState.SILENT: N_("Check-in without an answer"),
    CheckInState.MISSED: N_("Check-in without an answer"),
}
KINDS = {
    MessageKind.TEXT: N_("Words"),
    MessageKind.VOICE: N_("A voice note"),
    MessageKind.PHOTO: N_("A picture or film"),
    MessageKind.DOCUMENT: N_("A file"),
    MessageKind.LOCATION: N_("A place (not kept)"),
    MessageKind.CONTACT: N_("A contact (not kept)"),
    MessageKind.OTHER: N_("Something that can't be shown here"),
}
REACHABILITY = {
    Reachability.OPEN: N_("Can be reached"),
    Reachability.PAUSED: N_("Paused"),
    Reachability.FROZEN: N_("Stop word used"),
    Reachability.BLOCKED: N_("Blocked the bot, or has no Telegram any more"),
    Reachability.SHUT: N_("Nothing gets to them before they write"),
    Reachability.LEAVING: N_("Wants to be forgotten"),
}
EXCLUSIONS = {
    Exclusion.LEFT: N_("No longer with us"),
    Exclusion.NO_INVITE: N_("Came without an invite"),
    Exclusion.WRONG_GROUP: N_("Not in this group"),
    Exclusion.CHILD: N_("A child: needs a named worker first"),
    Exclusion.NO_CONSENT: N_("Did not agree to check-ins"),
    Exclusion.FROZEN: N_("Used their stop word"),
    Exclusion.BLOCKED: N_("Blocked the bot, or has no Telegram any more"),
    Exclusion.PAUSED: N_("Asked for a pause"),
    Exclusion.TOO_LATE: N_("The time has passed there"),
    Exclusion.NOT_SHOWN: N_("You invited them: only they know"),
    Exclusion.ADULTS_ONLY: N_("Only for adults"),
    Exclusion.NO_TEXT: N_("Not there in their language"),
    Exclusion.NOT_ARRIVED: N_("The day of their return is not known"),
    Exclusion.NO_DEPARTURE: N_("The day of their departure is not known"),
    Exclusion.BEFORE_IT: N_("Their day was before it begins"),
}
UNITS = {
    Unit.DAY: N_("Days"),
    Unit.WEEK: N_("Weeks"),
    Unit.MONTH: N_("Months"),
}
REACHES = {
    Reach.TO_COME: N_("Still to come"),
    Reach.ASKED: N_("Asked"),
    Reach.STARTED: N_("Began to answer"),
    Reach.ANSWERED: N_("Answered"),
    Reach.DECLINED: N_("Asked, and wanted to skip it"),
    Reach.NO_ANSWER: N_("Did not answer"),
    Reach.FAILED_BY_US: N_("We failed to ask"),
    Reach.NOT_ASKED: N_("Not asked after all"),
}
#: Of what is only to be read, and has been once it is opened.
READ = REACHES | {
    Reach.ASKED: N_("Sent"),
    Reach.STARTED: N_("Opened it to read"),
    Reach.ANSWERED: N_("Opened it to read"),
    Reach.NO_ANSWER: N_("Did not open it"),
}
TRAITS = {
    Trait.COUNTRY: N_("By country"),
    Trait.REGION: N_("By region"),
    Trait.LANGUAGE: N_("By language"),
    Trait.SINCE: N_("By time since the return"),
    Trait.STAGE: N_("By stage of the pathway"),
}
LACKS = {
    Lack.NOBODY: N_("nobody is planned"),
    Lack.SECOND: N_("one person, and nobody to fall back on"),
}
SINCE = {
    Since.MONTH: N_("Less than a month"),
    Since.QUARTER: N_("1 to 3 months"),
    Since.HALF_YEAR: N_("3 to 6 months"),
    Since.YEAR: N_("6 to 12 months"),
    Since.LATER: N_("More than a year"),
}
ASSURANCES = {
    Age.FRESH: N_("Checked lately"),
    Age.STALE: N_("Checked long ago: call first"),
    Age.HIDDEN: N_("Too old to be shown"),
    Age.UNKNOWN: N_("Nobody said how old this is: call first"),
}
TASKS = {
    TaskKind.TASK: N_("Task"),
    TaskKind.CONSULT: N_("Asked for advice"),
    TaskKind.DEBRIEF: N_("Talk about an emergency"),
}
TOLD = {
    Told.NAME: N_("a name"),
    Told.NUMBER: N_("a telephone number or an account"),
    Told.ADDRESS: N_("an address"),
}
EVERY: tuple[Mapping[Any, str], ...] = (
    PHRASES, TOLD, ASSURANCES, TASKS, WHO_ANSWERS,
    SEVERITIES, CASE_STATES, OUTCOMES, ROLES, IDENTITIES, PROOFS, SILENCE_PLANS,
    DISCRETIONS, PURPOSES, DELIVERIES, ANCHORS, CHANGES, STANDINGS, UNPLANNED,
    AGES, GENDERS, HOWS, COMPLAINTS, ERASURE_REASONS, CONFLICTS, CAMPAIGN_STATES, EVENTS, KINDS,
    REACHABILITY, EXCLUSIONS, REACHES, TRAITS, UNITS, SINCE, LACKS,
    REFERRAL_STATES, TRAVELS, RECEIVED,
)  # fmt: skip
#: Of these, only some members are ever shown.
SOME: tuple[Mapping[Any, str], ...] = (CHECK_INS,)

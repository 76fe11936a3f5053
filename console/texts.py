"""What the console calls things. Codes become words here and nowhere else."""

from domain.marks import N_
from storage.kinds import (
    CampaignState,
    CaseState,
    Discretion,
    Identity,
    OutboxState,
    Outcome,
    Purpose,
    Role,
    Severity,
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
    CaseState.WAITING: N_("Waiting for an answer"),
    CaseState.SNOOZED: N_("Put off"),
    CaseState.RESOLVED: N_("Closed"),
}
OUTCOMES = {
    Outcome.HELPED: N_("They got the help they asked for"),
    Outcome.REFERRED: N_("Somebody else took over"),
    Outcome.NO_HELP_WANTED: N_("They want no help"),
    Outcome.NOT_REACHED: N_("They could not be reached"),
    Outcome.MISTAKEN: N_("It was a misunderstanding"),
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
DISCRETIONS = {
    Discretion.OPEN: N_("Open: messages show their words"),
    Discretion.DISCREET: N_("Discreet: words show after a tap"),
    Discretion.WATCHED: N_("Watched: only neutral words ever show"),
}
PURPOSES = {
    Purpose.CHECK_INS: N_("Being asked how they are"),
    Purpose.CASEWORKER: N_("Talking with a caseworker"),
    Purpose.ANSWERS: N_("Keeping their answers"),
    Purpose.VOICE: N_("Keeping voice notes"),
}
DELIVERIES = {
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
#: Why something waits, by the code that the safe window gives.
HOLDS = {
    "window": N_("Waits for the hours they called safe"),
    "paused": N_("Waits: they asked for a pause"),
    "frozen": N_("Waits: they used their stop word"),
    "emergency": N_("Waits: an emergency is open"),
    "never-first": N_("Waits until they write first"),
}
EVERY = (
    SEVERITIES, CASE_STATES, OUTCOMES, ROLES, IDENTITIES, DISCRETIONS, PURPOSES, DELIVERIES,
    CAMPAIGN_STATES,
)  # fmt: skip

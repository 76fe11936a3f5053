"""Who acts, and what their role lets them do. Authorisation lives here, not in pages or menus."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.errors import NotAllowed
from domain.marks import N_
from storage.kinds import Role


class Right(StrEnum):
    WORK_ON_CASES = "work on cases"
    SEE_PEOPLE = "see people"
    ENROL_PEOPLE = "invite people"
    FORGET_PEOPLE = "forget people"
    RUN_CAMPAIGNS = "run check-in campaigns"
    KEEP_DIRECTORY = "keep the directory"
    #: What the watch listens for besides in this organisation, and what it mutes.
    KEEP_LEXICON = "keep the words that raise alarms"
    MANAGE_STAFF = "manage the team"
    PLAN_DUTY = "plan who is on duty"
    SEE_FIGURES = "see how the service does"
    SAFEGUARD = "keep staff and people apart"
    REVIEW_READINGS = "look at what colleagues read"
    SUPERVISE = "advise colleagues, and see what they still owe"
    #: That check-ins are in a child's best interests, and that somebody is no child.
    DECIDE_FOR_CHILDREN = "decide for children"
    #: What people agreed to and what not, line by line; never for those whom one invited oneself.
    PROVE_CONSENT = "prove consent"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CASEWORKER: frozenset({Right.WORK_ON_CASES, Right.SEE_PEOPLE, Right.ENROL_PEOPLE}),
    Role.COORDINATOR: frozenset(
        {
            Right.SEE_PEOPLE,
            Right.ENROL_PEOPLE,
            Right.RUN_CAMPAIGNS,
            Right.KEEP_DIRECTORY,
            Right.KEEP_LEXICON,
            Right.PLAN_DUTY,
            Right.SEE_FIGURES,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Right.KEEP_LEXICON,
            Right.PLAN_DUTY,
            Right.SEE_FIGURES,
            Right.REVIEW_READINGS,
            Right.SUPERVISE,
            Right.WORK_ON_CASES,
            Right.SEE_PEOPLE,
            Right.ENROL_PEOPLE,
            Right.FORGET_PEOPLE,
            Right.MANAGE_STAFF,
            Right.DECIDE_FOR_CHILDREN,
            Right.PROVE_CONSENT,
        }
    ),
    Role.SAFEGUARDING: frozenset(
        {
            Right.KEEP_LEXICON,
            Right.REVIEW_READINGS,
            Right.SUPERVISE,
            Right.SEE_FIGURES,
            Right.WORK_ON_CASES,
            Right.SEE_PEOPLE,
            Right.FORGET_PEOPLE,
            Right.SAFEGUARD,
            Right.DECIDE_FOR_CHILDREN,
            Right.PROVE_CONSENT,
        }
    ),
    # Somebody must be there when it is about whoever does the safeguarding.
    Role.ADMIN: frozenset(
        {
            Right.MANAGE_STAFF,
            Right.KEEP_DIRECTORY,
            Right.REVIEW_READINGS,
            Right.SAFEGUARD,
            Right.PLAN_DUTY,
            Right.SEE_FIGURES,
        }
    ),
}


def roles_with(right: Right) -> frozenset[Role]:
    return frozenset(role for role, rights in _RIGHTS.items() if right in rights)


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member at work for their organisation."""

    staff_id: UUID
    organisation_id: UUID
    role: Role

    def may(self, right: Right) -> bool:
        return right in _RIGHTS[self.role]

    def ensure_may(self, right: Right) -> None:
        """Raises NotAllowed."""
        if not self.may(right):
            raise NotAllowed(N_("Your role does not reach that far."))


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever holds the shell: does what any role may, and is nobody of the staff."""

    organisation_id: UUID
    staff_id: None = None

    def ensure_may(self, right: Right) -> None:
        """They hold the keys anyway."""


#: By whom something is done that the shell does as well.
By = Actor | Operator

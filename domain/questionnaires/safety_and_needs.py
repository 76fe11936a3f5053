"""The built-in check-in. Ours, in every language; it measures nothing and claims no diagnosis."""

from domain.marks import N_
from domain.questionnaires.values import Choice, Question, Questionnaire, Words
from storage.kinds import Severity

# Somebody in danger now is answered with help, not with more questions.
_NOT_IN_DANGER = "${safety} != 'danger'"

SAFETY_AND_NEEDS = Questionnaire(
    "safety-and-needs",
    1,
    Words(N_("Safety and needs")),
    (
        Question(
            "safety",
            Words(N_("How safe do you feel where you live?")),
            (
                Choice("safe", Words(N_("Safe"))),
                Choice("mostly", Words(N_("Mostly safe"))),
                Choice("unsafe", Words(N_("Not safe")), Severity.URGENT),
                Choice("danger", Words(N_("In danger now")), Severity.EMERGENCY),
            ),
            sensitive=True,
            private=True,
        ),
        Question(
            "threat",
            Words(
                N_("Has anybody from before threatened you, followed you or tried to reach you?")
            ),
            (
                Choice("no", Words(N_("No"))),
                Choice("yes", Words(N_("Yes")), Severity.URGENT),
                Choice("private", Words(N_("I'd rather not say"))),
            ),
            hint=Words(N_("In the street, by phone or online.")),
            relevant=_NOT_IN_DANGER,
            sensitive=True,
            private=True,
        ),
        Question(
            "need",
            Words(N_("What do you need most right now?")),
            (
                Choice("housing", Words(N_("A place to live")), Severity.CONCERN),
                Choice("food", Words(N_("Food or money")), Severity.CONCERN),
                Choice("health", Words(N_("A doctor or medicine")), Severity.CONCERN),
                Choice("papers", Words(N_("Papers"))),
                Choice("work", Words(N_("Work"))),
                Choice("talk", Words(N_("Somebody to talk to")), Severity.CONCERN),
                Choice("nothing", Words(N_("Nothing for now"))),
            ),
            relevant=_NOT_IN_DANGER,
            private=True,
        ),
        Question(
            "contact",
            Words(N_("Would you like a person from our team to write to you?")),
            (
                Choice("yes", Words(N_("Yes, please")), Severity.URGENT, wants_human=True),
                Choice("no", Words(N_("No, thank you"))),
            ),
            relevant=_NOT_IN_DANGER,
        ),
    ),
)

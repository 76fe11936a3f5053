"""The built-in check-in. Ours, in every language; it measures nothing and claims no diagnosis."""

from domain.marks import N_
from domain.questionnaires.values import Choice, Question, Questionnaire, Unless
from storage.kinds import Severity

# Somebody in danger now is answered with help, not with more questions.
_NOT_IN_DANGER = Unless("safety", "danger")

SAFETY_AND_NEEDS = Questionnaire(
    "safety-and-needs",
    1,
    (
        Question(
            "safety",
            N_("How safe do you feel where you live?"),
            (
                Choice("safe", N_("Safe")),
                Choice("mostly", N_("Mostly safe")),
                Choice("unsafe", N_("Not safe"), Severity.URGENT),
                Choice("danger", N_("In danger now"), Severity.EMERGENCY),
            ),
            sensitive=True,
            private=True,
        ),
        Question(
            "threat",
            N_("Has anybody from before threatened you, followed you or tried to reach you?"),
            (
                Choice("no", N_("No")),
                Choice("yes", N_("Yes"), Severity.URGENT),
                Choice("private", N_("I'd rather not say")),
            ),
            hint=N_("In the street, by phone or online."),
            relevant=_NOT_IN_DANGER,
            sensitive=True,
            private=True,
        ),
        Question(
            "need",
            N_("What do you need most right now?"),
            (
                Choice("housing", N_("A place to live"), Severity.CONCERN),
                Choice("food", N_("Food or money"), Severity.CONCERN),
                Choice("health", N_("A doctor or medicine"), Severity.CONCERN),
                Choice("papers", N_("Papers")),
                Choice("work", N_("Work")),
                Choice("talk", N_("Somebody to talk to"), Severity.CONCERN),
                Choice("nothing", N_("Nothing for now")),
            ),
            relevant=_NOT_IN_DANGER,
            private=True,
        ),
        Question(
            "contact",
            N_("Would you like a person from our team to write to you?"),
            (
                Choice("yes", N_("Yes, please"), Severity.URGENT, wants_human=True),
                Choice("no", N_("No, thank you")),
            ),
            relevant=_NOT_IN_DANGER,
        ),
    ),
)

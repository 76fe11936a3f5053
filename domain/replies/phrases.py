"""Sentences that are there in every language, for when nobody speaks the person's.

They are fixed, and the same each time: nothing is translated while a worker writes (P11).
"""

from enum import StrEnum

from domain.marks import N_


class Phrase(StrEnum):
    A_PERSON = "a-person"
    NO_LANGUAGE = "no-language"
    DANGER = "danger"
    CALL = "call"
    HURT = "hurt"
    ALONE = "alone"
    SLEEP = "sleep"
    NEEDS = "needs"
    CHILDREN = "children"
    INTERPRETER = "interpreter"
    LOOKING = "looking"
    READ = "read"


PHRASES = {
    Phrase.A_PERSON: N_("Hello. I am a person of this team, not a machine. I read what you write."),
    Phrase.NO_LANGUAGE: N_(
        "I don't speak your language. I send you sentences that were prepared beforehand. Please "
        "answer with short words, such as yes or no."
    ),
    Phrase.DANGER: N_("Are you in danger now? Please answer yes or no."),
    Phrase.CALL: N_(
        "If you are in danger now, don't wait for us: call the emergency number of the country "
        "that you are in."
    ),
    Phrase.HURT: N_("Are you hurt, or do you need a doctor? Please answer yes or no."),
    Phrase.ALONE: N_(
        "Is anybody near you who should not see what we write? Please answer yes or no."
    ),
    Phrase.SLEEP: N_("Do you have a place where you can sleep tonight? Please answer yes or no."),
    Phrase.NEEDS: N_(
        "What do you need most now: food, a doctor, a place to sleep, or something else?"
    ),
    Phrase.CHILDREN: N_("Are there children with you? Please answer yes or no."),
    Phrase.INTERPRETER: N_(
        "May somebody who speaks your language read what we write here? Please answer yes or no."
    ),
    Phrase.LOOKING: N_("I am looking for somebody who speaks your language."),
    Phrase.READ: N_("Thank you. I have read this."),
}
#: What can be said at once in an emergency, with one tap.
FIRST_WORDS = (Phrase.A_PERSON, Phrase.DANGER, Phrase.CALL)

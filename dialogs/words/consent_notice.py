"""What somebody reads before they agree to anything, made from what is true here.

It has three layers: a short message, a simple text, the full text. A change of the sense of any of
it raises the version in domain/consent/facts.py, and everybody is asked anew.
"""

import re
from dataclasses import dataclass, replace
from html import unescape

from dialogs.texts import Texts
from domain.consent import Shown
from domain.consent.facts import Facts, facts_for
from domain.marks import N_
from storage.kinds import Discretion, Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee

Forms = tuple[str, str, str]
_BOLD = re.compile("</?b>")

#: What each purpose asks for, in the three forms.
QUESTIONS: dict[Purpose, Forms] = {
    Purpose.CHECK_INS: (
        N_("May I write to you from time to time and ask how you are?"),
        N_("May I write to you from time to time?"),
        N_("Would you like reminders?"),
    ),
    Purpose.CASEWORKER: (
        N_("May a person from our team read what you write here, and answer you?"),
        N_("May a person from our team read and answer here?"),
        N_("May this service write to you?"),
    ),
    Purpose.ANSWERS: (
        N_(
            "May I ask how you feel and what you need, health too, and keep your answers for our "
            "team?"
        ),
        N_("May I ask how you are, and keep your answers?"),
        N_("May your answers be kept?"),
    ),
    Purpose.VOICE: (
        N_(
            "If you send a voice message or a picture, a person of our team will hear or see it, "
            "since it may be urgent. May I keep it after that?"
        ),
        N_("May I keep voice messages and pictures that you send?"),
        N_("May voice messages be kept?"),
    ),
}

#: The same as names, for a list.
NAMES: dict[Purpose, Forms] = {
    Purpose.CHECK_INS: (N_("Questions from time to time"), N_("Questions"), N_("Reminders")),
    Purpose.CASEWORKER: (N_("A person reads and answers"), N_("A person writes"), N_("Contact")),
    Purpose.ANSWERS: (N_("Health and feelings"), N_("Answers"), N_("Answers")),
    Purpose.VOICE: (N_("Voice and pictures are kept"), N_("Voice"), N_("Voice")),
}


@dataclass(frozen=True, slots=True)
class ConsentNotice:
    """The notice on one person's phone."""

    texts: Texts
    facts: Facts

    @classmethod
    async def of(cls, session: Session, returnee: Returnee, texts: Texts) -> "ConsentNotice":
        return cls(texts, await facts_for(session, returnee))

    @property
    def short(self) -> str:
        return self.texts.form(
            N_(
                "In short: I keep little, locked, under an invented name. You decide about each "
                "thing, one by one. You can change every answer later, with one tap."
            ),
            discreet=N_("In short: little is kept, and you decide about each thing."),
            watched=N_("A few settings first."),
        )

    @property
    def simple(self) -> str:
        texts, facts = self.texts, self.facts
        plain = (
            texts(
                "<b>What I keep:</b> which language you want, when I may write, what you answered, "
                "and what you write to the team. Never your address, never where you are."
            ),
            texts(
                "<b>Who reads it:</b> the team that invited you, under an invented name. Telegram "
                "carries this chat, so it can read it, too."
            ),
            texts(
                "<b>How long:</b> what you agreed to, no longer than it is needed, and only until "
                "you have it deleted. A recording that you don't want kept: {hours} after somebody "
                "heard it. A talk that began because a life was in danger: {days} after it ended.",
                hours=texts.count(
                    "{number} hour", "{number} hours", facts.hours_of_unwanted_recordings
                ),
                days=self.texts.days(facts.days_of_unwanted_talks),
            ),
            texts(
                "<b>You can</b> say no to everything and still find help and phone numbers here."
            ),
        )
        return self._form(
            "\n\n".join(plain),
            discreet=N_("Little is kept: your language, your answers, what you write."),
            watched=N_("This service keeps your settings."),
        )

    @property
    def full(self) -> str:
        texts, facts = self.texts, self.facts
        plain = (
            texts("<b>The full text</b>"),
            texts(
                "This chat runs over Telegram: Telegram, too, can see that you write here, and "
                "keeps messages on its own terms. What reaches us is stored encrypted, with a key "
                "of your own. Your phone number and your Telegram name are not kept."
            ),
            texts(
                "What you and the team wrote to each other goes {words} after a talk has ended, "
                "and what the team noted about it after {talks}. Your answers to my questions go "
                "after {answers}, and everything {leaving} after we no longer accompany you. You "
                "are told two weeks before.",
                words=texts.days(facts.days_of_words),
                talks=texts.days(facts.days_of_talks),
                answers=texts.days(facts.days_of_answers),
                leaving=texts.days(facts.days_after_leaving),
            ),
            texts(
                "Voice messages and pictures stay at Telegram. I keep only what it takes to find "
                "them there."
            ),
            *self._of_the_group,
            texts(
                "We use it only to ask how you are, to answer you and to find help, and only where "
                "you said yes. If your life or somebody else's is in danger we may keep and use "
                "your words without asking first."
            ),
            texts(
                "It is never used to find anyone, to send anyone back or to punish anyone. No "
                "machine decides about you."
            ),
            texts(
                "You can see what is kept, take back each yes and have everything deleted, all "
                "under Privacy. To complain, ask for a person: /help."
            ),
        )
        return self._form(
            "\n\n".join(plain),
            discreet=N_("Telegram carries this chat. What reaches us is stored encrypted."),
            watched=N_("This service runs over Telegram."),
        )

    @property
    def _of_the_group(self) -> tuple[str, ...]:
        if not self.facts.staff_group:
            return ()
        return (
            self.texts(
                "Our team also works in a group on Telegram. There they are told that somebody "
                "waits, and can write to you from it. What you write is not shown there."
            ),
        )

    @property
    def covered(self) -> str:
        """All of it as an open phone shows it, for behind a tap or the pictures: each purpose
        beside the name that it has on the screen.
        """
        plain = replace(self, texts=replace(self.texts, discretion=Discretion.OPEN))
        purposes = (f"<b>{self.name(each)}</b>: {plain.question(each)}" for each in QUESTIONS)
        return "\n\n".join([plain.simple, plain.full, *purposes])

    def question(self, purpose: Purpose) -> str:
        plain, discreet, watched = QUESTIONS[purpose]
        return self.texts.form(plain, discreet=discreet, watched=watched)

    def name(self, purpose: Purpose) -> str:
        plain, discreet, watched = NAMES[purpose]
        return self.texts.form(plain, discreet=discreet, watched=watched)

    def shown(self, purpose: Purpose) -> Shown:
        """For the ledger: all that this person could read before they answered."""
        return self.shown_with(self.question(purpose))

    def shown_with(self, question: str) -> Shown:
        layers = [self.short, self.simple, self.full]
        if self.texts.discretion is not Discretion.OPEN:
            layers.append(self.covered)
        words = "\n\n".join([*layers, question])
        return Shown(self.facts.version, unescape(_BOLD.sub("", words)))

    def _form(self, plain: str, *, discreet: str, watched: str) -> str:
        """`plain` is in the person's language already."""
        return self.texts.pick(plain, self.texts(discreet), self.texts(watched))

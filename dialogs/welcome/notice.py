"""What somebody reads before they agree to anything. A change of its sense is a new version."""

from domain.marks import N_
from storage.kinds import Purpose

NOTICE_VERSION = "1"

#: The order in which they are asked about.
PURPOSES = (Purpose.CHECK_INS, Purpose.CASEWORKER, Purpose.ANSWERS, Purpose.VOICE)

#: What each purpose asks for, in the three forms.
QUESTIONS = {
    Purpose.CHECK_INS: (
        N_("May I write to you from time to time and ask how you are?"),
        N_("May I write to you from time to time?"),
        N_("Would you like reminders?"),
    ),
    Purpose.CASEWORKER: (
        N_("May a person from our team write to you here when they think that you need help?"),
        N_("May a person from our team write to you here?"),
        N_("May this service write to you?"),
    ),
    Purpose.ANSWERS: (
        N_("May people of our team read what you answer to my questions?"),
        N_("May our team read your answers?"),
        N_("May your answers be kept?"),
    ),
    Purpose.VOICE: (
        N_(
            "If you send a voice message or a picture: may I keep it, so that a person can hear it?"
        ),
        N_("May I keep voice messages and pictures that you send?"),
        N_("May voice messages be kept?"),
    ),
}

#: The same as names, for a list.
NAMES = {
    Purpose.CHECK_INS: (N_("Questions from time to time"), N_("Questions"), N_("Reminders")),
    Purpose.CASEWORKER: (N_("A person may write to me"), N_("A person writes"), N_("Contact")),
    Purpose.ANSWERS: (N_("The team reads my answers"), N_("Answers"), N_("Answers")),
    Purpose.VOICE: (N_("Voice and pictures are kept"), N_("Voice"), N_("Voice")),
}

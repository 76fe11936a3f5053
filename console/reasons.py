"""Why a case is there, in a caseworker's words.

Codes come from the watch ("violence.emergency.blow"), from check-ins ("check-in.safety.danger")
and from what the person pressed ("asked.human"). One that has no words of its own yet is shown by
those of its first part, so that a new rule never leaves a case without a reason.
"""

from collections.abc import Sequence
from gettext import NullTranslations

from domain.marks import N_

_REASONS = {
    "suicide": N_("Speaks of ending their life"),
    "self-harm": N_("Speaks of hurting themselves"),
    "violence": N_("Speaks of violence"),
    "weapon": N_("Speaks of a weapon"),
    "sexual-violence": N_("Speaks of sexual violence"),
    "sexual-exploitation": N_("Speaks of sexual exploitation"),
    "threat": N_("Is threatened"),
    "surveillance": N_("Is watched or followed"),
    "trafficker-contact": N_("Somebody from before makes contact"),
    "trafficking": N_("May be exploited again"),
    "captivity": N_("Is held or locked in"),
    "shelter": N_("Has no place to sleep"),
    "hunger": N_("Has nothing to eat"),
    "medical": N_("Needs a doctor"),
    "child": N_("A child is concerned"),
    "minor": N_("Says that they are a child"),
    "debt": N_("Is pressed for a debt"),
    "stigma": N_("Feels ashamed or shunned"),
    "regret": N_("Regrets coming back"),
    "despair": N_("Has lost hope"),
    "human-request": N_("Wants a human"),
    "asked": N_("Asked for a human"),
    "asked.human": N_("Asked for a human"),
    "recording": N_("Sent something only a human can hear or see"),
    "recording.voice": N_("Sent a voice note"),
    "recording.photo": N_("Sent a photo"),
    "silence": N_("Has not answered a check-in"),
    "check-in": N_("Gave a worrying answer"),
    "check-in.safety.danger": N_("Answered: in danger now"),
    "check-in.safety.unsafe": N_("Answered: not safe"),
    "check-in.threat.yes": N_("Answered: threatened or followed"),
    "check-in.need.housing": N_("Needs a place to live"),
    "check-in.need.food": N_("Needs food or money"),
    "check-in.need.health": N_("Needs a doctor or medicine"),
    "check-in.need.talk": N_("Needs somebody to talk to"),
    "scope": N_("Perhaps not about themselves or not about now"),
}


def reason_in_words(code: str, translations: NullTranslations) -> str:
    """Its own words, or else those of the longest part of it that has some."""
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        if words := _REASONS.get(".".join(parts[:length])):
            return translations.gettext(words)
    return code


def reasons_in_words(codes: Sequence[str], translations: NullTranslations) -> list[str]:
    """Each once, however many rules say the same."""
    return list(dict.fromkeys(reason_in_words(code, translations) for code in codes))

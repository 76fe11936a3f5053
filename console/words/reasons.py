"""Why a case is there, in a caseworker's words.

Codes come from the watch ("violence.emergency.blow"), from check-ins ("check-in.safety.danger")
and from what the person pressed ("asked.human"). One that has no words of its own yet is shown by
those of its first part, so that a new rule never leaves a case without a reason.
"""

from collections.abc import Sequence
from gettext import NullTranslations
from itertools import chain

from domain.distress.assessment import with_scopes
from domain.distress.own import OWN
from domain.marks import N_

_REASONS = {
    "abduction": N_("Is being taken somewhere"),
    "captivity": N_("Is held or locked in"),
    "child-danger": N_("A child is in danger"),
    "coercion": N_("Is forced to do something"),
    "crying": N_("Cries"),
    "danger": N_("Speaks of danger"),
    "danger.emergency": N_("Says that they are in danger"),
    "debt": N_("Is pressed for a debt"),
    "farewell": N_("Says goodbye"),
    "fear": N_("Is afraid"),
    "forced-labour": N_("Is made to work"),
    "grant-delay": N_("Waits for promised support"),
    "hopeless": N_("Has lost hope"),
    "human-request": N_("Wants a human"),
    "insomnia": N_("Can't sleep"),
    "irregular-return": N_("Thinks of leaving again"),
    "likeness": N_("Reads like distress, in words that no rule names"),
    "loneliness": N_("Is alone"),
    "medical": N_("Needs a doctor"),
    "minor": N_("Says that they are a child"),
    "money": N_("Has no money or food"),
    "panic": N_("Panics"),
    "police-request": N_("Calls for rescue or the police"),
    "regret": N_("Regrets coming back"),
    "scope": N_("Perhaps not about themselves, or not about now"),
    "scope.fiction": N_("Perhaps from a story, a game, a joke or the news"),
    "scope.idiom": N_("Perhaps only a way of speaking"),
    "scope.laughter": N_("With laughter"),
    "scope.negation": N_("With a no or a not beside it"),
    "scope.past": N_("Perhaps about the past"),
    "scope.quotation": N_("In quotation marks"),
    "scope.reported": N_("Perhaps passes on news"),
    "scope.third-person": N_("Perhaps about somebody else"),
    "self-harm": N_("Speaks of hurting themselves"),
    "sexual-exploitation": N_("Speaks of sexual exploitation"),
    "sexual-violence": N_("Speaks of sexual violence"),
    "shelter": N_("Has no place to sleep"),
    "staff-harm": N_("Speaks of harm by staff"),
    "stigma": N_("Feels ashamed or shunned"),
    "suicide": N_("Speaks of ending their life"),
    "surveillance": N_("Is watched or followed"),
    "threat": N_("Is threatened"),
    "trafficker-contact": N_("Somebody from before makes contact"),
    "violence": N_("Speaks of violence"),
    "weapon": N_("Speaks of a weapon"),
    "asked": N_("Asked for a human"),
    "silence.nothing": N_("They want nothing done about silence"),
    "silence.write-once": N_("They want one message when silent"),
    "silence.other": N_("They named somebody for when they are silent"),
    "talk": N_("Asked whether it is safe to talk"),
    "talk.now": N_("Says that now is a good time"),
    "talk.later": N_("Says: later"),
    "talk.no": N_("Does not want to talk about it"),
    "referral": N_("Handed over by another organisation"),
    "referral.back": N_("Nobody else took over"),
    "referral.lapsed": N_("Another organisation was to help: no answer came"),
    "referral.unasked": N_("Another organisation was to help: the person could not be asked"),
    "referral.no-help": N_("Another organisation was to help: no help came"),
    "referral.over": N_("Those who were asked help no longer"),
    "referral.rejected": N_("Another organisation said no"),
    "referral.revoked": N_("The referral came to nothing"),
    "referral.not-received": N_("Says that the help did not come"),
    "identity.new-phone": N_("Wrote from a new phone before"),
    "identity": N_("Perhaps somebody else holds the phone"),
    "identity.wrong-words": N_("Did not know the two words"),
    "identity.wrong-row": N_("Somebody tapped wrong pictures again and again"),
    "nobody-left": N_("What they brought before reached nobody: ask how they are"),
    "by-hand": N_("A colleague opened it, to write first"),
    "judged": N_("Somebody of the team says that it is this grave"),
    "review": N_("Open for long: must it still be?"),
    "erasure": N_("Asked to be forgotten: everything goes when this case is closed"),
    "erasure.forced": N_("A deletion was asked, perhaps by force: do not write"),
    "unread": N_("Sent something that only a human can hear or see"),
    "unread.voice": N_("Sent a voice note"),
    "unread.photo": N_("Sent a picture or film"),
    "stop-word": N_("Used their stop word"),
    "frozen": N_("Wrote after their stop word"),
    "update": N_("Sent something that we failed to handle"),
    "silence": N_("Has not answered a check-in"),
    "check-in.silence": N_("Has not answered a check-in"),
    "check-in": N_("Gave a worrying answer"),
    "check-in.unreached": N_("A check-in can't reach them"),
    "check-in.safety.danger": N_("Answered: in danger now"),
    "check-in.safety.unsafe": N_("Answered: not safe"),
    "check-in.threat.yes": N_("Answered: threatened or followed"),
    "check-in.need.housing": N_("Needs a place to live"),
    "check-in.need.food": N_("Needs food or money"),
    "check-in.need.health": N_("Needs a doctor or medicine"),
    "check-in.need.talk": N_("Needs somebody to talk to"),
}


def reason_in_words(code: str, translations: NullTranslations) -> str:
    """Its own words, or else those of the longest part of it that has some."""
    kind, own, _ = code.partition(f".{OWN}")
    if own:
        said = {"reason": reason_in_words(kind, translations)}
        return translations.gettext("%(reason)s (your organisation's own words)") % said
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        if words := _REASONS.get(".".join(parts[:length])):
            return translations.gettext(words)
    return code


def reasons_in_words(codes: Sequence[str], translations: NullTranslations) -> list[str]:
    """Each once, however many rules say the same, and with whatever lowered it; unless another rule
    heard it in full.
    """
    told = dict.fromkeys(
        tuple(reason_in_words(code, translations) for code in each) for each in with_scopes(codes)
    )
    lowered = [each for each in told if len(each) > 1 and each[:1] in told]
    return [*chain.from_iterable(each for each in told if each not in lowered)]

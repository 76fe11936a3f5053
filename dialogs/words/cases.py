"""What staff read of cases in Telegram: codes and counts, never anything about a person (P8)."""

from typing import Any

from dialogs.presses import ClaimCase, CloseCase, EndCase, TakeWordsBack, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.cases.events import minutes_waited
from domain.cases.outcomes import OUTCOMES
from domain.marks import N_
from locales.catalogues import LANGUAGES

SEVERITIES = {
    "emergency": N_("🔴 Emergency"),
    "urgent": N_("🟠 Urgent"),
    "concern": N_("🟡 Concern"),
}
_STATES = {
    "open": N_("nobody has it"),
    "claimed": N_("claimed"),
    "waiting": N_("waiting for the person"),
    "snoozed": N_("put off"),
}


# So many hours are said in minutes, and so many in hours.
_IN_MINUTES, _IN_HOURS = 2, 48


def severity_of(texts: Texts, severity: str) -> str:
    """ "none" is a case that nobody was alarmed about."""
    return texts(SEVERITIES[severity]) if severity in SEVERITIES else ""


async def alert(telling: Telling) -> Screen:
    texts, params = telling.texts, telling.params
    # It may have lain here for as long as Telegram was away.
    minutes = await minutes_waited(telling.session, params["code"])
    words = texts(
        "{severity} · case <b>{code}</b>\nLanguage: {language}. {waiting}",
        severity=texts(SEVERITIES[params["severity"]]),
        code=params["code"],
        language=_language(texts, params["language"]),
        waiting=_waiting(texts, params["minutes"] if minutes is None else minutes),
    )
    if params.get("yours"):
        yours = texts("You have this case. Please look at it in the console.")
        return Screen(f"{words}\n{yours}")
    return Screen(words, keyboard([button(texts("Claim"), ClaimCase(code=params["code"]))]))


def _language(texts: Texts, code: str) -> str:
    """As its readers call it; by its own name where their language has none for it."""
    return texts.locale.languages.get(code) or LANGUAGES.get(code, code)


async def asked(telling: Telling) -> Screen:
    texts, params = telling.texts, telling.params
    return Screen(
        texts(
            "{severity} · a colleague asks you about case <b>{code}</b>. The question is in the "
            "console, in the case.",
            severity=texts(SEVERITIES[params["severity"]]),
            code=params["code"],
        )
    )


def _claimed(texts: Texts, code: str) -> str:
    return texts(
        "Case <b>{code}</b> is claimed by you. Claiming is not answering: write to the person in "
        "the console.",
        code=code,
    )


def _claimed_in_topic(texts: Texts, code: str) -> list[str]:
    words = texts(
        "Case <b>{code}</b> is claimed by you. Claiming is not answering: write to the person in "
        "the console, or in the case's topic.",
        code=code,
    )
    hint = texts(
        "In the topic, begin with two slashes (//): then your words stay a note for colleagues."
    )
    return [words, hint]


async def claimed(telling: Telling) -> Screen:
    texts, code = telling.texts, telling.params["code"]
    lines = (
        _claimed_in_topic(texts, code) if telling.params.get("topic") else [_claimed(texts, code)]
    )
    if handed_back := telling.params.get("handed_back"):
        codes = texts.listed(handed_back)
        lines.append(texts("These went back to your colleagues: {codes}.", codes=codes))
    close = button(texts("Close the case"), CloseCase(code=code))
    return Screen("\n".join(lines), keyboard([close]))


async def words_leave(telling: Telling) -> Screen:
    """Nobody in the group learns from it what was written or why it waits, nor anybody outside to
    whom (P8).
    """
    texts, params = telling.texts, telling.params
    # An older release does not say whether they wait.
    words = _words_wait(texts) if params.get("waits") else _words_leave_soon(texts)
    back = button(texts("Take back"), TakeWordsBack(message=params["message"]))
    return Screen(words, keyboard([back]))


def _words_leave_soon(texts: Texts) -> str:
    return texts("Your words leave in a few seconds. Until then you can take them back.")


def _words_wait(texts: Texts) -> str:
    return texts(
        "Your words wait, and the console shows why. Until they leave you can take them back."
    )


async def taken_back(telling: Telling) -> Screen:
    return Screen(telling.texts("Your words are taken back: they never left."))


async def unreached(telling: Telling) -> Screen:
    """Why they can't be reached is nothing for a chat to say (P8)."""
    texts, params = telling.texts, telling.params
    words = {"severity": texts(SEVERITIES[params["severity"]]), "code": params["code"]}
    if params["closed"]:
        return Screen(
            texts(
                "{severity} · case <b>{code}</b>: what was written to the person before the case "
                "was closed did not reach them. Think with a supervisor about what they may need.",
                **words,
            )
        )
    return Screen(
        texts(
            "{severity} · case <b>{code}</b>: what was written to the person did not reach them. "
            "It stopped no deadline, and the case waits for somebody again. Do what you agreed "
            "with them for this, or ask a supervisor.",
            **words,
        )
    )


async def closing(telling: Telling) -> Screen:
    texts, params = telling.texts, telling.params
    code = params["code"]
    # Older releases ask without these.
    read, unsent = params.get("read", ""), params.get("unsent", False)
    rows = [
        [button(texts(words), EndCase(code=code, outcome=outcome, read=read))]
        for outcome, words in OUTCOMES.items()
    ]
    asked = texts(
        "Case <b>{code}</b>: how did it end? The person is told, and can say that they still "
        "need help.",
        code=code,
    )
    return Screen(f"{asked}\n{_never_leaves(texts)}" if unsent else asked, keyboard(*rows))


def _never_leaves(texts: Texts) -> str:
    return texts(
        "Something that you wrote has not left yet, and never will once the case is closed."
    )


async def closed(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "Case <b>{code}</b> is closed. If the person knows of it, they are told once it is "
            "safe to write to them.",
            code=telling.params["code"],
        )
    )


async def queue(telling: Telling) -> Screen:
    texts, cases = telling.texts, telling.params["cases"]
    if not cases:
        return Screen(texts("The queue is empty."))
    heading = texts.count("{number} open case:", "{number} open cases:", telling.params["all"])
    claims = [
        button(texts("Claim {code}", code=case["code"]), ClaimCase(code=case["code"]))
        for case in cases
        if case["state"] == "open"
    ]
    rows = [claims[start : start + 2] for start in range(0, len(claims), 2)]
    lines = "\n".join(_line(texts, case) for case in cases)
    return Screen(f"{heading}\n{lines}", keyboard(*rows))


def _line(texts: Texts, case: dict[str, Any]) -> str:
    # An older release does not say who waits no more.
    waits = case.get("waits", True)
    said = texts(
        "{severity} · <b>{code}</b> · {state} · {waiting}",
        severity=texts(SEVERITIES[case["severity"]]),
        code=case["code"],
        state=texts(_STATES[case["state"]]),
        waiting=_waiting(texts, case["minutes"]) if waits else "",
    )
    return said.removesuffix(" · ")


def _waiting(texts: Texts, minutes: int) -> str:
    """To the minute while it matters: nobody reckons with thousands of them."""
    hours = minutes // 60
    if hours < _IN_MINUTES:
        return texts.count("Waiting {number} minute.", "Waiting {number} minutes.", minutes)
    if hours < _IN_HOURS:
        return texts.count("Waiting {number} hour.", "Waiting {number} hours.", hours)
    return texts.count("Waiting {number} day.", "Waiting {number} days.", hours // 24)

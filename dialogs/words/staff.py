"""What staff read in Telegram beside their cases, and nothing about a person there either (P8)."""

from datetime import datetime

from babel.dates import format_datetime

from dialogs.presses import AnswerDrill, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.cases import SEVERITIES


async def duty(telling: Telling) -> Screen:
    texts, ends = telling.texts, telling.params.get("ends")
    if telling.params["on"] and ends is not None:
        return Screen(
            texts(
                "You are on duty. Your shift ends: {ends}. To end it sooner: /duty off.",
                ends=_moment(texts, datetime.fromisoformat(ends)),
            )
        )
    if telling.params["on"]:
        return Screen(texts("You are on duty until you send /duty off."))
    return Screen(texts("You are off duty. To begin: /duty on."))


async def drill(telling: Telling) -> Screen:
    texts = telling.texts
    return Screen(
        texts("<b>This is a drill.</b> Nobody is in danger. Answer to show that alerts reach you."),
        keyboard([button(texts("I am here"), AnswerDrill(drill=telling.params["drill"]))]),
    )


async def shift_offered(telling: Telling) -> Screen:
    texts = telling.texts
    begins, ends = (datetime.fromisoformat(telling.params[each]) for each in ("begins", "ends"))
    return Screen(
        texts(
            "A colleague offers you a shift: {begins} to {ends}. It is theirs until you take it, "
            "in the console under Duty.",
            begins=_moment(texts, begins),
            ends=format_datetime(ends, "HH:mm", locale=texts.locale),
        )
    )


def _moment(texts: Texts, at: datetime) -> str:
    return format_datetime(at, f"EEE {texts.day_pattern}, HH:mm", locale=texts.locale)


async def tasks(telling: Telling) -> Screen:
    texts, number = telling.texts, telling.params["number"]
    if telling.params["late"]:
        return Screen(
            texts.count(
                "{number} task is overdue. See Tasks in the console.",
                "{number} tasks are overdue. See Tasks in the console.",
                number,
            )
        )
    return Screen(
        texts.count(
            "{number} task is due by the next working day, and nobody has taken it. See Tasks in "
            "the console.",
            "{number} tasks are due by the next working day, and nobody has taken them. See Tasks "
            "in the console.",
            number,
        )
    )


async def muting(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "A colleague wants an alarm to be heard no more. It is still heard: a second person "
            "has to agree, in the console under Alarms."
        )
    )


async def no_clinician(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "Whoever looked after the results of questions about health has left. Nobody is asked "
            "these questions until another clinician is chosen, in the console under "
            "Questionnaires."
        )
    )


async def left_children(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "A colleague who looked after children here has left. No check-in asks these children "
            "until somebody else is named for them. Who they are stands in the console, under "
            "People."
        )
    )


async def channel_tried(telling: Telling) -> Screen:
    return Screen(telling.texts("This is a test: alerts come here from now on."))


async def channel_fails(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "A channel for alerts fails: {scheme}. What goes there reaches nobody. The console "
            "shows which.",
            scheme=telling.params["scheme"],
        )
    )


async def topic_stays(telling: Telling) -> Screen:
    """Of which person it is, not even whoever deletes it learns (P8)."""
    texts, code = telling.texts, telling.params["code"]
    if not code:
        return Screen(
            texts(
                "Telegram does not let me delete a topic in your staff group. Please delete by "
                "hand: in a group that you gave up, all topics of cases; in the one that you have, "
                "those of cases that were closed long ago or that the console does not know any "
                "more. And let me delete messages there."
            )
        )
    return Screen(
        texts(
            "The topic {code} in the staff group has to go, and Telegram does not let me delete "
            "it. Please delete it there by hand, and let me delete messages in the group.",
            code=code,
        )
    )


async def joined(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "You are in. Alerts come here from now on.\n/queue shows the open cases, /duty on and "
            "/duty off say whether you are on duty."
        )
    )


async def refused(telling: Telling) -> Screen:
    sentence = telling.texts.catalogue.gettext(telling.params["sentence"])
    return Screen(telling.texts("{sentence}", sentence=sentence))


async def hint(telling: Telling) -> Screen:
    texts = telling.texts
    if not telling.params.get("topics"):
        return Screen(
            texts("Here you can use /queue and /duty. Words to a person go through the console.")
        )
    return Screen(
        texts(
            "Here you can use /queue and /duty. Words to a person go through the console, or "
            "through the case's topic in your staff group."
        )
    )


async def renewed(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "A colleague who manages your team made you a new way into the console. Whatever you "
            "signed in with before has ended. If you did not ask for this, tell your supervisor or "
            "safeguarding now: somebody may want to act in your name."
        )
    )


async def complaint(telling: Telling) -> Screen:
    texts, params = telling.texts, telling.params
    return Screen(
        texts(
            "{severity} · <b>{code}</b>\nSomebody told safeguarding something. It is in the "
            "console; nobody in the team sees it.",
            severity=texts(SEVERITIES[params["severity"]]),
            code=params["code"],
        )
    )


async def complaint_unheard(telling: Telling) -> Screen:
    """For administrators: by the clock, so it says nothing of any complaint."""
    return Screen(
        telling.texts(
            "Alerts to safeguarding do not reach everybody who does it. Please tell them to look "
            "into the console, or add somebody else under Team."
        )
    )


async def invite_reused(telling: Telling) -> Screen:
    if "new_phone" in telling.params:
        return Screen(
            telling.texts(
                "Somebody opened a code for a new phone that was already used. You had agreed to "
                "that phone. Perhaps somebody else has come in with it: please make sure again who "
                "is there."
            )
        )
    return Screen(
        telling.texts(
            "Somebody opened an invitation of yours that was already used. If you gave it to one "
            "person only, somebody else may have it: please ask that person."
        )
    )


async def forget(telling: Telling) -> Screen:
    """Nothing of whom it is about: the console shows that."""
    return Screen(
        telling.texts.count(
            "Somebody asked that everything about a person be deleted, perhaps by force. Please "
            "don't write to them. In {number} hour it is final: see People in the console.",
            "Somebody asked that everything about a person be deleted, perhaps by force. Please "
            "don't write to them. In {number} hours it is final: see People in the console.",
            telling.params["hours"],
        )
    )

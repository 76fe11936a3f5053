from typing import Any

from dialogs.texts import Texts
from dialogs.widgets import wanting
from dialogs.words.hours import NAMES, day_name, in_words
from dialogs.words.silence import PLANS
from domain.calendar import zone
from domain.marks import N_
from domain.safety.silence_plan import may_name, plan_now
from domain.safety.window import window_of
from storage.kinds import SilencePlan, Visible
from storage.sessions import Session
from storage.tables.returnees import Returnee, Safety


async def get_safety(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    safety = await session.get_one(Safety, returnee.id)
    return {
        "hours": in_words(texts, await window_of(session, returnee.id, safety)),
        "never_first": safety.never_first,
        "may_be_first": not safety.never_first,
        "asks_twice": safety.second_prompt,
        "may_ask_twice": not safety.second_prompt and not returnee.shared_phone,
        "paused": returnee.paused_until is not None and returnee.paused_until > session.now,
    }


async def get_hours(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    return {
        "time": f"{session.now.astimezone(zone(returnee.time_zone)):%H:%M}",
        "choices": [(texts(label), name) for name, label in NAMES.items()],
    }


_VISIBLE = {
    Visible.NOTHING: N_("Nothing"),
    Visible.ORDINARY: N_("Ordinary pages"),
    Visible.EVERYTHING: N_("Everything"),
}


async def get_visible(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    chosen = (await session.get_one(Safety, returnee.id)).visible
    choices = [
        (f"✅ {texts(words)}" if visible is chosen else texts(words), visible)
        for visible, words in _VISIBLE.items()
    ]
    return {"choices": choices}


async def get_days(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    safety = await session.get_one(Safety, returnee.id)
    chosen = (await window_of(session, returnee.id, safety)).days
    marks = [
        (
            f"{'✅' if day in chosen else '▫️'} {day_name(texts, day)}",
            wanting(str(day), day not in chosen),
        )
        for day in range(7)
    ]
    return {"days": marks}


async def get_plans(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    """Whom they named is never shown here."""
    safety = await session.get_one(Safety, returnee.id)
    chosen = plan_now(returnee, safety, session.now)
    named = _named(texts, other=safety.other is not None)
    return {
        "plans": [(f"✅ {name}" if plan is chosen else name, plan) for name, plan in named],
        "may_name": may_name(returnee),
    }


async def get_first_plans(texts: Texts, **_: Any) -> dict[str, Any]:
    """For somebody who never chose: nothing is ticked for them, and they named nobody yet."""
    return {"plans": _named(texts, other=False)}


def _named(texts: Texts, *, other: bool) -> list[tuple[str, SilencePlan]]:
    offered = [plan for plan in PLANS if plan is not SilencePlan.OTHER or other]
    return [(texts(texts.pick(*PLANS[plan])), plan) for plan in offered]

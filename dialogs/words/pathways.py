"""What a pathway tells somebody, and how many tasks it has for the staff."""

from html import escape
from uuid import UUID

from dialogs.screens import Screen, Telling
from domain.pathways.telling import words_of


async def information(telling: Telling) -> Screen:
    words = await words_of(telling.session, UUID(telling.params["information"]), telling.person)
    return Screen(escape(telling.texts.said(words), quote=False))


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

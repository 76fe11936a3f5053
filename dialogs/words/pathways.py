"""What a pathway tells somebody."""

from html import escape
from uuid import UUID

from dialogs.screens import Screen, Telling
from domain.pathways.telling import words_of


async def information(telling: Telling) -> Screen:
    words = await words_of(telling.session, UUID(telling.params["information"]), telling.person)
    return Screen(escape(telling.texts.said(words), quote=False))

"""A stop word, and how somebody chooses it."""

import re

from tests.handlers.phone import Phone, Said

WORD = "Lavender teapot"
#: What a frozen chat says to whatever is written there, and what it never says.
GREETING = "Hello. What would you like to see?"
REVEALING = re.compile(r"danger|help|team|person|safe|machine|duty|stop", re.IGNORECASE)


async def chooses(phone: Phone, pair: str = "1", word: str = WORD) -> list[Said]:
    await phone.write("/safety")
    await phone.press("word")
    await phone.press("Choose a word")
    await phone.press(pair)
    await phone.write(word)
    return await phone.write(word)

"""What a frozen chat shows, which is as little as possible, and what is said of it beforehand."""

from dialogs.presses import ToServices, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.marks import N_

ABOUT = N_(
    "<b>A stop word</b>\n\n"
    "If somebody wants your phone or stands beside you, send your stop word, alone in a message. "
    "Then I empty this chat, show nothing but a list of places, and never write first. Our team is "
    "told, and nothing shows that. What you write afterwards still reaches them. Only a person of "
    "our team who has made sure that it is you can undo it.\n\n"
    "I can’t remove messages older than two days, what somebody has photographed, or that this "
    "chat was here."
)
NOBODY_ON_DUTY = N_(
    "\n\nI must be honest: nobody is on duty right now. Whoever is next will see that it was used."
)
# What says that a human has seen it, and what says that nobody has yet: at night, too.
SIGNS = {
    "hours": (N_("Opening hours are up to date."), N_("Opening hours may change.")),
    "list": (N_("The list was updated today."), N_("There is nothing new in the list.")),
    "visit": (N_("Thank you for your visit."), N_("Thank you. Please look again later.")),
    # Offered no more: it fits no night. Whoever agreed on it still reads it.
    "greeting": (N_("Thank you. Have a good day."), N_("Thank you. Please look again later.")),
}


async def about(telling: Telling) -> Screen:
    return Screen(telling.texts(ABOUT))


async def frozen(telling: Telling) -> Screen:
    texts = telling.texts
    return Screen(greeting(texts), keyboard([button(texts("Places"), ToServices())]))


async def sign(telling: Telling) -> Screen:
    seen, nobody_yet = signs(telling.texts, telling.params.get("signs"))
    return Screen(seen if telling.params.get("seen") else nobody_yet)


def greeting(texts: Texts) -> str:
    return texts("Hello. What would you like to see?")


def signs(texts: Texts, name: str | None) -> tuple[str, str]:
    """The two sentences of a pair; the first where a pair is no longer known."""
    seen, nobody_yet = SIGNS.get(name or "", SIGNS["hours"])
    return texts(seen), texts(nobody_yet)

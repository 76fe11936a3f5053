"""A copy of what is kept, and why it does not come yet."""

from dialogs.presses import AskForHuman, button, keyboard
from dialogs.screens import Document, Screen, Telling
from dialogs.words.copy_page import machine_readable, page
from domain.marks import N_
from domain.privacy.copying import copy_of
from storage.kinds import Discretion


async def copy(telling: Telling) -> Screen:
    """Made from what is kept at the moment of sending. The file's name says nothing."""
    texts = telling.texts
    part: int = telling.params.get("part", 0)
    kept = await copy_of(telling.session, telling.person, part)
    name = f"copy-{part + 1}" if part else "copy"
    if telling.params["form"] == "json":
        return Screen("", document=Document(f"{name}.json", machine_readable(kept)))
    words = texts.form(
        N_(
            "This is what is kept about you, to read. It also says what is not in it. The other "
            "file says the same for a computer. Keep it where only you look."
        ),
        discreet=N_("Here it is."),
        watched=N_("Here it is."),
    )
    return Screen(words, document=Document(f"{name}.html", page(kept, texts)))


async def asked(telling: Telling) -> Screen:
    texts = telling.texts
    if texts.discretion is Discretion.WATCHED:
        return Screen(texts("Hello. What would you like to see?"))
    words = texts.form(
        N_(
            "So that nobody else gets it, a person of our team must make sure first that it is "
            "you. Then they can send it here. Ask them:"
        ),
        discreet=N_("Somebody must make sure first that it is you. Ask:"),
        watched=N_("Hello. What would you like to see?"),
    )
    return Screen(words, keyboard([button(texts("A person, please"), AskForHuman())]))

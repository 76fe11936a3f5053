"""What is said to somebody who wants to be forgotten."""

from dialogs.presses import ForgetMe, ToMenu, button, keyboard
from dialogs.screens import Screen, Telling
from domain.marks import N_


async def sure(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        N_(
            "Shall I delete everything that is kept about you? That is what you and the team wrote "
            "to each other, your answers, your choices, and the key that opens them. Nobody can "
            "bring them back. It changes nothing about your money or your support."
        ),
        discreet=N_("Shall I delete everything? Nobody can bring it back."),
        watched=N_("Delete everything here?"),
    )
    yes = texts.form(
        N_("Yes, delete everything"),
        discreet=N_("Yes, delete everything"),
        watched=N_("Yes, delete everything"),
    )
    really = ForgetMe(asked=telling.params["asked"])
    return Screen(words, keyboard([button(yes, really)], [button(texts("No"), ToMenu())]))


async def waits(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "I have noted that everything about you is to be deleted. You called for help, and a "
            "person is still looking after it: as soon as they have closed it, everything goes, "
            "and I tell you so. Until then I send nothing else. You can write to them here."
        )
    )


async def forgotten(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_(
                "Everything about you is being deleted now. It takes about a minute; locked backup "
                "copies go later. I emptied this chat as far as Telegram lets me; what Telegram "
                "itself keeps, I can't delete. I won't write to you any more. If you ever want "
                "to, /start begins anew. All the best to you."
            ),
            discreet=N_("Done. I won't write any more. /start begins anew."),
            watched=N_("Good day. Send /start to begin."),
        )
    )

"""What is said about this chat itself."""

from dialogs.presses import ChangeHours, KeepHours, TapPicture, ToMenu, WriteAgain, button, keyboard
from dialogs.screens import Screen, Telling
from domain.identity.pictures import LENGTH, PICTURES
from domain.marks import N_
from storage.tables.returnees import Safety


async def hidden(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_(
                "I have emptied this chat of the last two days as far as Telegram lets me. What is "
                "older you can delete yourself: hold a message, then Delete."
            ),
            discreet=N_("Done. Older messages you can delete yourself."),
            watched=N_("Hello. Send /start to begin."),
        )
    )


async def stopped(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        N_(
            "I won't write to you first any more. You can write to me at any time, and /help works "
            "as before. To let me write again, press the button."
        ),
        discreet=N_("I won't write first any more. The button changes it back."),
        watched=N_("Reminders are off."),
    )
    return Screen(words, keyboard([button(_write_again(telling), WriteAgain())]))


async def resumed(telling: Telling) -> Screen:
    """The pause is over. Whoever wished that nothing comes first has that as before, and is shown
    where it is changed.
    """
    texts = telling.texts
    if (await telling.session.get_one(Safety, telling.person.id)).never_first:
        words = texts.form(
            N_("Now I never write before you write first."),
            discreet=N_("Now I never write first."),
            watched=N_("Reminders: none."),
        )
        return Screen(words, keyboard([button(texts("Change"), ChangeHours())]))
    return Screen(
        texts.form(
            N_("Thank you. I may write to you first again, in the hours that you chose."),
            discreet=N_("All right, I may write again."),
            watched=N_("Reminders are on."),
        )
    )


async def pictures(telling: Telling) -> Screen:
    """Says nothing of what it is for; the dots count the taps."""
    keys = [button(picture, TapPicture(picture=number)) for number, picture in enumerate(PICTURES)]
    rows = [keys[start : start + 4] for start in range(0, len(keys), 4)]
    text = telling.texts("Which pictures do you like?")
    return Screen(f"{text}\n{dots(telling.params['count'])}", keyboard(*rows))


def dots(count: int) -> str:
    return "●" * count + "○" * (LENGTH - count)


_INVITE_REFUSALS = {
    "used": N_("This invitation was used by another phone. Please ask for a new one."),
    "expired": N_("This invitation is too old: it works for three days. Please ask for a new one."),
    "taken": N_(
        "This chat belongs to somebody already. One chat is for one person: somebody else needs "
        "their own Telegram account. Our team can help, send /help."
    ),
    "unknown": N_("I don't know this invitation. Please check the link, or ask for a new one."),
}


async def invite_refused(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        _INVITE_REFUSALS[telling.params["reason"]],
        discreet=N_("This link does not work. Please ask for a new one."),
        watched=N_("This link does not work."),
    )
    return Screen(words, keyboard([button(texts("Menu"), ToMenu())]))


async def not_done(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        N_("That did not work, and nothing was changed. Here is the menu."),
        discreet=N_("That did not work. Here is the menu."),
        watched=N_("That did not work."),
    )
    return Screen(words, keyboard([button(texts("Menu"), ToMenu())]))


async def nothing_kept(telling: Telling) -> Screen:
    texts = telling.texts
    return Screen(
        texts(
            "Nothing about you is kept here, and I never write to you first. So there is nothing "
            "to set, to see or to stop."
        ),
        keyboard([button(texts("Menu"), ToMenu())]),
    )


def _write_again(telling: Telling) -> str:
    return telling.texts.form(
        N_("You may write to me again"), discreet=N_("Write again"), watched=N_("Turn on")
    )


async def hours_still_right(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        N_("Now and then I ask: are the hours in which I may write to you first still right?"),
        discreet=N_("Are these hours still right?"),
        watched=N_("Are the reminders still right?"),
    )
    keys = [button(texts("Yes"), KeepHours()), button(texts("Change"), ChangeHours())]
    return Screen(words, keyboard(keys))

"""A check-in on a colleague's phone: every question one after the other, and nothing is kept."""

from uuid import UUID

from aiogram.types import InlineKeyboardButton

from dialogs.presses import TryQuestion, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.words.check_ins import in_words, labels_of
from domain.questionnaires import shelf
from domain.questionnaires.filling import Filling
from domain.questionnaires.values import Kind
from domain.telegram_limits import cut


async def trial(telling: Telling) -> Screen:
    """Answers lead on to the next question, and those that hang on answers are shown as well."""
    texts, params = telling.texts, telling.params
    questionnaire = await shelf.edition(
        telling.session, UUID(params["organisation"]), params["questionnaire"]
    )
    questions = questionnaire.asked(private=True)
    place, campaign = int(params["place"]), UUID(params["campaign"])

    def leads_to(label: str, place: int) -> InlineKeyboardButton:
        return button(label, TryQuestion(campaign=campaign, place=place))

    if not 0 <= place < len(questions):
        again = keyboard([leads_to(texts("Once more"), 0)])
        return Screen(texts("🧪 A test: that was all. Nothing of it was kept."), again)
    asked, filling = questions[place], Filling(questionnaire, {})
    labels = labels_of(texts, asked.choices)
    rows = [[leads_to(cut(label), place + 1)] for label in labels]
    around = [leads_to(texts("◀️ Back"), place - 1)] if place else []
    onward = texts("Continue") if asked.kind in (Kind.NOTE, Kind.MANY) else texts("Skip")
    around.append(leads_to(onward, place + 1))
    marked = texts(
        "🧪 A test, question {number} of {all}. Nothing is kept.",
        number=place + 1,
        all=len(questions),
    )
    return Screen(f"{marked}\n{in_words(texts, filling, asked, labels)}", keyboard(*rows, around))

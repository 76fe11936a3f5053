"""Check-ins: an offer first, then one question a message, each of which can be skipped."""

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape, unescape
from uuid import UUID

from aiogram.types import InlineKeyboardButton
from babel.dates import format_date, format_skeleton

from dialogs import ticks
from dialogs.presses import (
    AGAIN,
    BACK,
    SKIP,
    AnswerQuestion,
    AskForHuman,
    ChooseDay,
    PutOffCheckIn,
    PutOffToDay,
    StartCheckIn,
    button,
    keyboard,
)
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.staying_shut import is_lately, is_sure
from domain.check_ins.answering import filling_of, questionnaire_of
from domain.check_ins.answers import last_answer_at
from domain.check_ins.postponing import Later, days_ahead
from domain.check_ins.private import asks_private
from domain.errors import Refused
from domain.marks import N_
from domain.questionnaires.filling import Filling
from domain.questionnaires.typed import Wrong
from domain.questionnaires.values import Choice, Kind, Question
from domain.telegram_limits import BOX, cut, is_whole, units
from storage.kinds import Discretion
from storage.tables.check_ins import CheckIn

_HOW = {
    Kind.MANY: N_("You can choose more than one."),
    Kind.INTEGER: N_("Write a number, such as 3."),
    Kind.DECIMAL: N_("Write a number, such as 3."),
    Kind.DATE: N_("Write a date, such as 2024-05-31."),
    Kind.TEXT: N_("Write your answer here."),
}
_TO_READ = N_("Hello! I have something for you to read, and no questions. Is now a good time?")
_THAT_WAS_ALL = N_("Thank you, that was all.")
_MARKS = {True: "☑️", False: BOX}
# Telegram takes 4096 in a message.
_LONGEST = 3900
_WRONG = {
    Wrong.NUMBER: N_("I could not read that as a number."),
    Wrong.EITHER: N_(
        "I am not sure which number you mean. Please write it without the dot or comma, or with "
        "only one or two digits after it."
    ),
    Wrong.WHOLE: N_("I could not read that as a whole number."),
    Wrong.DATE: N_("I could not read that as a date."),
    Wrong.LONG: N_("That was too long for me to keep here."),
    Wrong.CONSTRAINT: N_("That does not fit here. Please try another answer."),
}


async def prompt(telling: Telling) -> Screen:
    texts, check_in = telling.texts, await _check_in(telling)
    return Screen(
        await _offer(telling, check_in),
        keyboard(
            [button(texts("Yes, now"), StartCheckIn(check_in=check_in.id))],
            [
                button(texts("In an hour"), _put_off(check_in, Later.HOUR)),
                button(texts("Tomorrow"), _put_off(check_in, Later.TOMORROW)),
            ],
            [
                button(texts("Another day"), ChooseDay(check_in=check_in.id)),
                button(texts("Skip this one"), _put_off(check_in, Later.SKIP)),
            ],
            [button(texts("Pause everything"), _put_off(check_in, Later.PAUSE))],
            [button(texts("Don't ask again"), _put_off(check_in, Later.NEVER))],
        ),
    )


async def _offer(telling: Telling, check_in: CheckIn) -> str:
    texts, questionnaire = telling.texts, await questionnaire_of(telling.session, check_in)
    if questionnaire.is_information:
        return texts(_TO_READ)
    private = await asks_private(telling.session, check_in.returnee_id)
    return texts.count(
        "Hello! I have {number} short question for you. Is now a good time?",
        "Hello! I have {number} short questions for you. You can skip any. Is now a good time?",
        len(questionnaire.to_answer(private=private)),
    )


async def days(telling: Telling) -> Screen:
    """Those on which the person may be written to, each by its name and date."""
    texts, check_in = telling.texts, await _check_in(telling)
    offered = await days_ahead(telling.session, telling.person, check_in.id)
    return Screen(
        texts("On which day shall I ask you?"),
        keyboard(
            *(
                [button(_day(texts, day), PutOffToDay(check_in=check_in.id, day=day.toordinal()))]
                for day in offered
            ),
            [
                button(texts("Yes, now"), StartCheckIn(check_in=check_in.id)),
                button(texts("Skip this one"), _put_off(check_in, Later.SKIP)),
            ],
        ),
    )


async def question(telling: Telling) -> Screen:
    texts, check_in = telling.texts, await _check_in(telling)
    questionnaire = await questionnaire_of(telling.session, check_in)
    filling = await filling_of(telling.session, telling.person, check_in)
    answered_at = await last_answer_at(telling.session, check_in)
    if answered_at is not None and not (is_lately(telling, answered_at) or is_sure(telling)):
        filling.cover_answers()
    asked = questionnaire.question(telling.params["question"])
    place = str(questionnaire.place(asked))
    ticked = int(telling.params.get("ticked", 0))

    def answer(label: str, choice: str) -> InlineKeyboardButton:
        press = AnswerQuestion(check_in=check_in.id, question=place, choice=choice)
        return button(label, press)

    choices = filling.choices(asked)
    labels = labels_of(texts, choices)
    rows = [
        [answer(*_choice(label, asked, choice, ticked))]
        for label, choice in zip(labels, choices, strict=True)
    ]
    around = []
    if asked not in filling.relevant[:1]:
        around.append(answer(texts("◀️ Back"), BACK))
    if asked.kind is Kind.NOTE or ticked:
        around.append(answer(texts("Continue"), ticks.done(ticked)))
    else:
        around.append(answer(texts("Skip"), SKIP))
    words = in_words(texts, filling, asked, labels, _wrong(telling))
    return Screen(words, keyboard(*rows, around))


def _wrong(telling: Telling) -> Wrong | None:
    """Why their last answer was not taken, also where they read it only as they open it."""
    said = telling.params.get("wrong")
    try:
        return None if said is None else Wrong(said)
    except ValueError as error:
        raise Refused("This button is not one of ours.") from error


def labels_of(texts: Texts, choices: Iterable[Choice]) -> list[str]:
    """What stands on their buttons: with numbers where one says more than a button shows."""
    labels = [texts.said(choice.label) for choice in choices]
    if all(map(is_whole, labels)):
        return labels
    return [f"{number}. {label}" for number, label in enumerate(labels, 1)]


def in_words(
    texts: Texts,
    filling: Filling,
    asked: Question,
    labels: Sequence[str],
    wrong: Wrong | None = None,
) -> str:
    """The question, what helps to answer it, and first what was wrong with the last answer; below
    it, whole, the choices of which a button would show only the beginning. Importing refuses what
    is too long for that; of a form that was kept before, the question comes all the same.
    """
    lines = [texts("<b>{question}</b>", question=texts.said(filling.filled(asked.label)))]
    if wrong is not None:
        own = asked.constraint_message if wrong is Wrong.CONSTRAINT else None
        said = texts.said(filling.filled(own)) if own else texts(_WRONG[wrong])
        lines.insert(0, escape(said, quote=False))
    if asked.hint:
        lines.append(escape(texts.said(filling.filled(asked.hint)), quote=False))
    if how := _HOW.get(asked.kind):
        lines.append(f"<i>{escape(texts(how), quote=False)}</i>")
    words = "\n".join(lines)
    if all(map(is_whole, labels)):
        return words
    with_choices = "\n".join([words, "", *(escape(label, quote=False) for label in labels)])
    return with_choices if units(unescape(with_choices)) <= _LONGEST else words


def _choice(label: str, asked: Question, choice: Choice, ticked: int) -> tuple[str, str]:
    """What a choice's button says, and what it does."""
    if asked.kind is not Kind.MANY:
        return cut(label), ticks.one(asked, choice)
    mark = _MARKS[ticks.is_ticked(asked, ticked, choice)]
    return cut(f"{mark} {label}"), ticks.ticks(asked, ticked, choice)


async def thanks(telling: Telling) -> Screen:
    texts = telling.texts
    told = N_("Thank you for telling me. If something changes, send /help.")
    words = texts.form(
        _THAT_WAS_ALL if telling.params.get("read") else told,
        discreet=_THAT_WAS_ALL,
        watched=N_("Thank you."),
    )
    if texts.discretion is Discretion.WATCHED:
        return Screen(words)
    offer = [button(texts("A person, please"), AskForHuman())]
    return Screen(
        words, keyboard(offer if telling.params.get("worrying") else [], _last_again(telling))
    )


def _last_again(telling: Telling) -> list[InlineKeyboardButton]:
    """The way back from the end. Thanks that an older release said name no question."""
    params = telling.params
    if "question" not in params:
        return []
    last = AnswerQuestion(
        check_in=UUID(params["check_in"]), question=params["question"], choice=AGAIN
    )
    return [button(telling.texts("◀️ Back"), last)]


async def later(telling: Telling) -> Screen:
    texts, day = telling.texts, telling.params.get("day")
    if day is not None and texts.discretion is Discretion.OPEN:
        named = _day(texts, date.fromisoformat(day))
        return Screen(texts("All right, I will ask again on {day}.", day=named))
    return Screen(
        texts.form(
            N_("All right, I will ask another time."),
            discreet=N_("All right, another time."),
            watched=N_("All right."),
        )
    )


async def not_first(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("Now I never write before you write first."),
            discreet=N_("Now I never write first."),
            watched=N_("All right."),
        )
    )


async def stopped(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("All right, I won't ask again. If you ever want it back: /privacy."),
            discreet=N_("All right, not again. /privacy brings it back."),
            watched=N_("All right."),
        )
    )


async def none_now(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("There are no questions for you now. If you need something, send /help."),
            discreet=N_("There is nothing for you now."),
            watched=N_("There is nothing new."),
        )
    )


def _day(texts: Texts, day: date) -> str:
    named = format_date(day, "EEEE", locale=texts.locale)
    return f"{named} {format_skeleton('MMMMd', day, locale=texts.locale)}"


def _put_off(check_in: CheckIn, later: Later) -> PutOffCheckIn:
    return PutOffCheckIn(check_in=check_in.id, later=later)


async def _check_in(telling: Telling) -> CheckIn:
    check_in = await telling.session.find(CheckIn, UUID(telling.params["check_in"]))
    if check_in is None or check_in.returnee_id != telling.person.id:
        raise Refused("I am sorry: these questions are not here any more.")
    return check_in

"""Check-ins: an offer first, then one question a message, each of which can be skipped."""

from html import escape
from uuid import UUID

from dialogs.presses import (
    BACK,
    SKIP,
    AnswerQuestion,
    PutOffCheckIn,
    StartCheckIn,
    button,
    keyboard,
)
from dialogs.screens import Screen, Telling
from domain.check_ins.answering import asks_private, questionnaire_of
from domain.check_ins.postponing import Later
from domain.errors import Refused
from domain.marks import N_
from domain.questionnaires.values import Question
from storage.check_ins import CheckIn


async def prompt(telling: Telling) -> Screen:
    texts, check_in = telling.texts, await _check_in(telling)
    private = await asks_private(telling.session, check_in.returnee_id)
    questions = (await questionnaire_of(telling.session, check_in)).asked(private=private)
    return Screen(
        texts.count(
            "Hello! I have {number} short question for you. Is now a good time?",
            "Hello! I have {number} short questions for you. You can skip any. Is now a good time?",
            len(questions),
        ),
        keyboard(
            [button(texts("Yes, now"), StartCheckIn(check_in=check_in.id))],
            [
                button(texts("In an hour"), _put_off(check_in, Later.HOUR)),
                button(texts("Tomorrow"), _put_off(check_in, Later.TOMORROW)),
            ],
            [button(texts("Don't ask again"), _put_off(check_in, Later.NEVER))],
        ),
    )


async def question(telling: Telling) -> Screen:
    check_in = await _check_in(telling)
    questionnaire = await questionnaire_of(telling.session, check_in)
    asked = questionnaire.question(telling.params["question"])
    texts = telling.texts
    lines = [texts("<b>{question}</b>", question=texts.said(asked.label))]
    if asked.hint:
        lines.append(escape(texts.said(asked.hint), quote=False))
    choices = [
        [button(texts.said(choice.label), _answer(check_in, asked, choice.name))]
        for choice in asked.choices
    ]
    around = [button(texts("Skip"), _answer(check_in, asked, SKIP))]
    private = await asks_private(telling.session, check_in.returnee_id)
    if asked not in questionnaire.asked(private=private)[:1]:
        around.insert(0, button(texts("◀️ Back"), _answer(check_in, asked, BACK)))
    return Screen("\n".join(lines), keyboard(*choices, around))


async def thanks(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("Thank you for telling me. If something changes, write here or send /help."),
            discreet=N_("Thank you, that was all."),
            watched=N_("Thank you."),
        )
    )


async def later(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("All right, I will ask another time."),
            discreet=N_("All right, another time."),
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


def _put_off(check_in: CheckIn, later: Later) -> PutOffCheckIn:
    return PutOffCheckIn(check_in=check_in.id, later=later)


def _answer(check_in: CheckIn, asked: Question, choice: str) -> AnswerQuestion:
    return AnswerQuestion(check_in=check_in.id, question=asked.name, choice=choice)


async def _check_in(telling: Telling) -> CheckIn:
    check_in = await telling.session.get(CheckIn, UUID(telling.params["check_in"]))
    if check_in is None or check_in.returnee_id != telling.person.id:
        raise Refused("There is no such check-in for this person.")
    return check_in

"""What takes in words and files of others.

Each target may get any bytes: it refuses them in our own way, or does its work. Whatever else it
raises is a fault of ours.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from aiogram.types import Message
from pydantic import ValidationError

from bot.intake.webhook import _update
from bot.lanes.handling import _written
from domain.campaigns import file as campaigns
from domain.children.ages import says_only_a_childs_age
from domain.directory.documents import (
    from_document,
    other_words,
    places_of,
    title_words,
    to_document,
)
from domain.directory.files.reading import read_directory
from domain.directory.files.writing import write_directory
from domain.distress import Own, Severity, Watch
from domain.distress.own import VIEW_OF, can_be_heard, own_entry
from domain.distress.stream import judge_line
from domain.errors import Refused
from domain.media.damage import Damaged
from domain.media.formats import format_of
from domain.names import as_name
from domain.pathways.reading import read_pathway
from domain.problems import Faulty
from domain.questionnaires import typed
from domain.questionnaires.expressions import LONGEST, Sheet, is_sound, names_in, unknown_functions
from domain.questionnaires.filling import Filling
from domain.questionnaires.forms.reading import read_form
from domain.questionnaires.keeping import to_document as form_to_document
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Questionnaire
from domain.sound.ogg import ogg
from domain.sound.webm import Unreadable, opus_within
from domain.staff.challenges import offer
from domain.staff.passkeys import Place, add_passkey, sign_in_by_passkey
from domain.stop_word.forms import forms, probes
from handlers.reading.carried_words import carried_in
from handlers.reading.contents import body_from, kind_of, without_command_or_code, words_of
from handlers.reading.rich_words import read_update
from storage.inbox.updates import chat_of_update
from storage.keys.keyring import Keyring
from tests.attacks.fuzzing import seeds
from tests.attacks.fuzzing.shapes import Shape, archive, as_archive, as_json, as_text, plain
from tests.domain.directory.samples import files_in
from tests.domain.media.samples import ALL

_ID = UUID(int=27)
_TODAY = date(2026, 11, 27)
_CRY = "he locked me in and he will kill me"


@dataclass(frozen=True, slots=True)
class Target:
    run: Callable[[bytes], None]
    shape: Shape
    seeds: Sequence[bytes]


def update(data: bytes) -> None:
    """From what Telegram posts to the words that the watch hears."""
    found = _update(data)
    if found is None:
        return
    chat_of_update(found)
    try:
        read = read_update(found)
    except (ValidationError, RecursionError):
        return  # Set aside and counted; its words reach a human as they came.
    _written(found)
    message = read.message or read.edited_message
    if isinstance(message, Message):
        kind_of(message)
        json.dumps(body_from(message, with_carried=True))
        words = words_of(message)
        Watch.load().assess(without_command_or_code(words))
        Watch.load().assess(carried_in(message))
        says_only_a_childs_age(words)


def services(data: bytes) -> None:
    """A directory in: read, stored, and written again."""
    name, _, content = data.partition(b"\n")
    names = {b"c": "services.csv", b"j": "services.json", b"p": "datapackage.json"}
    with suppress(Refused):
        files = files_in(names.get(name, "directory.zip"), content if name in names else data)
        found = read_directory(files).services
        for service in found:
            places_of(service)
            title_words(service)
            other_words(service)
            assert from_document(json.loads(json.dumps(to_document(service)))) == service
        read_directory(files_in("again.zip", write_directory(found)))


def services_json(data: bytes) -> None:
    services(b"j\n" + data)


def form(data: bytes) -> None:
    """A questionnaire in: read, kept, and filled in."""
    try:
        questionnaire = read_form(data, name="form", language="en")
    except Faulty as faulty:
        for problem in faulty.problems:
            problem.said()
        return
    json.dumps(form_to_document(questionnaire), allow_nan=False)
    _fill_in(questionnaire)


def _fill_in(questionnaire: Questionnaire) -> None:
    """With the first choice, and with words, numbers and dates where there is none."""
    answers: dict[str, str | None] = {}
    for _ in questionnaire.questions:
        filling = Filling(questionnaire, answers, today=_TODAY)
        question = filling.next_question
        if question is None:
            break
        filling.filled(question.label)
        offered = filling.choices(question)
        said = [choice.name for choice in offered[:1]] or ["2026-01-31", "3", "words"]
        taken = [typed.read(question, each) for each in said]
        good = [each for each in taken if not isinstance(each, typed.Wrong)]
        fits = [each for each in good if filling.fits(question, each)]
        answers[question.name] = offered[0].name if offered else next(iter(fits), None)
    filling = Filling(questionnaire, answers, today=_TODAY)
    filling.worries()
    filling.scores()


def expression(data: bytes) -> None:
    """What a form reckons with: what was found sound is reckoned, whatever somebody answers."""
    said, *answers = data.decode("utf-8", "ignore").split("\n")
    unknown = unknown_functions(said)
    if not is_sound(said) or unknown or len(said) > LONGEST:
        return
    # As the library of XML, and typed answers, have them.
    kept = [each for each in answers if each.isprintable()]
    names = dict.fromkeys(names_in(said))
    sheet = Sheet(dict.fromkeys(names, ""), today=_TODAY)
    for name, answer in zip(names, [*kept, "3", "2026-01-31", "words"], strict=False):
        sheet.put(name, answer)
    sheet.value(said)
    sheet.holds(said, next(iter(names), None))
    sheet.offers(said, {"name": "a"})


def pathway(data: bytes) -> None:
    with suppress(Faulty):
        read_pathway(data, languages=("en", "ar"), questionnaires=(SAFETY_AND_NEEDS.key,))


def campaign(data: bytes) -> None:
    with suppress(Refused):
        campaigns.read(data)


def recording(data: bytes) -> None:
    with suppress(Unreadable):
        sound = opus_within(data)
        ogg(sound)
        assert sound.seconds >= 0


def media(data: bytes) -> None:
    """A picture or film that somebody sent as a file."""
    found = format_of(data)
    if found is not None:
        with suppress(Damaged):
            found.without_place(data)


def detect(data: bytes) -> None:
    """`wayhome detect`: a verdict for each line."""
    watch = Watch.load()
    verdicts = [judge_line(number, line, watch) for number, line in enumerate(data.splitlines(), 1)]
    json.dumps(verdicts, allow_nan=False)


def watch(data: bytes) -> None:
    """Any words, also as an organisation's own; and they take back nothing that was cried."""
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    heard, (first, _, rest) = Watch.load(), text.partition("\n")
    languages = sorted(VIEW_OF)
    language = languages[len(data) % len(languages)]
    own = None
    if can_be_heard(language, first):
        entry = own_entry(_ID, language, "threat", Severity.URGENT, first)
        assert entry is not None
        own = Own(1, [entry])
    heard.assess(text, [first, rest], own)
    heard.evidence(text, own)
    assert heard.assess(f"{text}. {_CRY}").severity is Severity.EMERGENCY


def words(data: bytes) -> None:
    """A name, a stop word, an age, an answer."""
    text = data.decode("utf-8", "replace")
    with suppress(Refused):
        assert as_name(as_name(text)) == as_name(text)
    if text and len(text) < 100:
        assert not forms(text) or forms(text) & probes(text) or not probes(text)
    says_only_a_childs_age(text)
    for question in SAFETY_AND_NEEDS.questions:
        typed.read(question, text)


class _Session:
    """Knows one passkey, whatever is asked, of somebody whose account has ended."""

    keys = Keyring({1: b"k" * 32})
    database_now = datetime(2026, 11, 27, tzinfo=UTC)

    async def scalar(self, _: object) -> SimpleNamespace:
        return SimpleNamespace(
            last_used_at=None, public_key=seeds.PHONE.public_key, sign_count=0, staff_id=_ID
        )

    async def get_one(self, *_: object) -> SimpleNamespace:
        return SimpleNamespace(disabled_at=self.database_now)


def passkey(data: bytes) -> None:
    """What a browser answers, to make a passkey and to sign in by one."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(answer, dict):
        return
    session = cast("Any", _Session())
    here = Place("localhost", "http://localhost:8080")
    staff = cast("Any", SimpleNamespace(id=_ID, organisation_id=_ID))
    for purpose in (str(_ID), "sign in"):
        offered = offer(session, "{}", seeds.CHALLENGE, purpose)
        answering = (
            sign_in_by_passkey(session, here, answer, offered.sealed)
            if purpose == "sign in"
            else add_passkey(session, here, staff, answer, offered.sealed)
        )
        with suppress(Refused):
            answering.send(None)


TARGETS = {
    "update": Target(update, as_json, seeds.updates()),
    "services": Target(services, as_text, seeds.directories()),
    "services-archive": Target(
        services, as_archive, [archive((f"{n}.json", each)) for n, each in enumerate(seeds.jsons())]
    ),
    "services-json": Target(services_json, as_json, seeds.jsons()),
    "form": Target(form, as_archive, seeds.workbooks()),
    "expression": Target(expression, as_text, seeds.expressions()),
    "pathway": Target(pathway, as_text, seeds.pathways()),
    "campaign": Target(campaign, as_text, seeds.campaigns()),
    "recording": Target(recording, plain, seeds.recordings()),
    "media": Target(media, plain, list(ALL.values())),
    "detect": Target(detect, as_json, seeds.lines()),
    "watch": Target(watch, as_text, seeds.texts()),
    "words": Target(words, plain, seeds.texts()),
    "passkey": Target(passkey, as_json, seeds.answers()),
}

"""What people write in a trial, by seed. Every message carries a number of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import cycle
from random import Random

from domain.consent import give_consent
from domain.returnees.enrolments import add_returnee
from simulator.memory.messages import Message
from simulator.memory.users import User
from storage.kinds import Purpose
from storage.sessions import SERVICE
from tests.faults.world import World

DISTRESS = "They locked me in and took my passport, he says he will kill me"
WORDS = "My papers are in Rome"
# How the answer to the one begins, and how that to whoever asks for a human.
CRISIS = "I think you may be in danger"
HELP = "You asked for a person"
# Of that to all who need not be heard.
MENU = "I am a machine and"


class Part(Enum):
    """Who somebody is in the script."""

    #: Nobody we know, who says one thing.
    STRANGER = auto()
    #: Nobody we know, in danger.
    CRIER = auto()
    #: Asks for a human by a button, or by /help, in turn.
    ASKER = auto()
    #: Enrolled: says this and that, then is in danger, then says this and that.
    TALKER = auto()


@dataclass
class Line:
    person: "Person"
    text: str
    #: Something that leads to a case.
    distress: bool = False
    press: bool = False
    said_at: float = 0.0


@dataclass
class Person:
    user: User
    part: Part
    lines: list[Line] = field(default_factory=list)
    #: They block the bot, and can't be answered.
    gone: bool = False

    @property
    def before(self) -> list[Line]:
        """What they say before anybody must hear them."""
        return self.lines[: self._turn]

    @property
    def after(self) -> list[Line]:
        """What must be kept: the cry for help, and all that follows."""
        return self.lines[self._turn :]

    @property
    def _turn(self) -> int:
        cries = (number for number, line in enumerate(self.lines) if line.distress)
        return next(cries, len(self.lines))


def crier(user: User, before: Sequence[str] = (), after: Sequence[str] = ()) -> Person:
    """Somebody in danger, who says this, cries for help, and says that."""
    person = Person(user, Part.CRIER)
    person.lines += [Line(person, words) for words in before]
    person.lines.append(Line(person, DISTRESS, distress=True))
    person.lines += [Line(person, words) for words in after]
    return person


@dataclass
class Script:
    world: World
    people: Sequence[Person]
    lines: Sequence[Line]
    _next: int = 0

    @property
    def left(self) -> int:
        return len(self.lines) - self._next

    def say(self, lines: int) -> None:
        """The next few lines are said, on everybody's phones."""
        for line in self.lines[self._next : self._next + lines]:
            say(self.world, line)
        self._next = min(self._next + lines, len(self.lines))


def say(world: World, line: Line) -> None:
    """On that person's phone."""
    telegram, user = world.telegram, line.person.user
    line.said_at = telegram.simulator.clock.now().timestamp()
    if line.press:
        telegram.simulator.phones.press(user.id, user.id, _first(world, user).id, line.text)
    else:
        telegram.send_text(user, line.text)


def _first(world: World, user: User) -> Message:
    """The message whose button is pressed: one that the bot sent long ago."""
    return next(iter(world.telegram.simulator.chat(user.id).messages.values()))


async def cast(world: World, random: Random, updates: int) -> Script:
    """So many updates, of which a fifth lead to cases, each person's in order."""
    people = [_person(world, part) for part in _parts(updates)]
    numbers, presses = iter(range(10_000, 10_000 + updates)), cycle((True, False))
    for person in people:
        person.lines = list(_lines(person, random, numbers, presses))
    await _enrol(world, [person.user for person in people if person.part is Part.TALKER])
    return Script(world, people, _mixed(people, random))


def _parts(updates: int) -> Iterator[Part]:
    talkers = updates // 25
    askers = updates // 25
    criers = max(1, updates // 5 - talkers - askers)
    yield from [Part.TALKER] * talkers
    yield from [Part.ASKER] * askers
    yield from [Part.CRIER] * criers
    yield from [Part.STRANGER] * (updates - 5 * talkers - askers - criers)


def _person(world: World, part: Part) -> Person:
    user = world.reader()
    simulator = world.telegram.simulator
    simulator.world.add_message(simulator.chat(user.id), simulator.world.bot.id, 1, {"text": "…"})
    return Person(user, part)


def _lines(
    person: Person, random: Random, numbers: Iterator[int], presses: Iterator[bool]
) -> Iterator[Line]:
    match person.part:
        case Part.STRANGER:
            yield Line(person, f"Hello ({next(numbers)})")
        case Part.CRIER:
            yield Line(person, f"{DISTRESS} ({next(numbers)})", distress=True)
        case Part.ASKER:
            press = next(presses)
            yield Line(person, "h" if press else "/help", distress=True, press=press)
        case Part.TALKER:
            turn = random.randrange(3)
            for number in range(5):
                words = DISTRESS if number == turn else WORDS
                yield Line(person, f"{words} ({next(numbers)})", distress=number == turn)


def _mixed(people: Sequence[Person], random: Random) -> list[Line]:
    turns = [person for person in people for _ in person.lines]
    random.shuffle(turns)
    rest = {person.user.id: iter(person.lines) for person in people}
    return [next(rest[person.user.id]) for person in turns]


async def _enrol(world: World, users: Sequence[User]) -> None:
    async with world.database.begin(SERVICE) as session:
        for user in users:
            returnee = await add_returnee(session, user.id, world.organisation, "en")
            await give_consent(session, returnee, Purpose.CASEWORKER, True, "1")

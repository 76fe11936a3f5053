"""Buttons that work for ever (P9): their data names what they are about, and no dialog's state.

Each prefix keeps its meaning as long as one such button may stand in somebody's chat. Telegram
takes 64 bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field, StringConstraints

from dialogs.rows import readable
from domain.check_ins.postponing import Later
from domain.notices import Notice
from domain.signals.good_time import GoodTime
from storage.kinds import ComplaintKind, Outcome, Received

SKIP = "-"
BACK = "<"
AGAIN = "@"


class AskForHuman(CallbackData, prefix="h"):
    """A person, please."""


class OkayForNow(CallbackData, prefix="nk"):
    """I am okay for now."""


class NoHuman(CallbackData, prefix="n"):
    """Not now; older buttons say: no, thank you."""


class WishClosed(CallbackData, prefix="hn"):
    """I need nobody any more."""


class InCountry(CallbackData, prefix="l"):
    """I am in this country now; `back` is the notice that asked."""

    country: str
    back: Notice


class AskForCheckIn(CallbackData, prefix="q"):
    """Ask me how I am."""


class StartCheckIn(CallbackData, prefix="p"):
    """Now is a good time."""

    check_in: UUID


class PutOffCheckIn(CallbackData, prefix="d"):
    """Another time, or never."""

    check_in: UUID
    later: Later


class ChooseDay(CallbackData, prefix="dc"):
    """Another day: which?"""

    check_in: UUID


class PutOffToDay(CallbackData, prefix="dd"):
    """That day, by its number."""

    check_in: UUID
    day: Annotated[int, Field(ge=1, le=date.max.toordinal())]


class AnswerQuestion(CallbackData, prefix="c"):
    check_in: UUID
    #: Its place; older buttons say its name.
    question: str
    #: The place of a choice (older buttons say its name), SKIP, BACK, AGAIN, or what
    #: dialogs/ticks.py writes.
    choice: str


class TryQuestion(CallbackData, prefix="ty"):
    """On to the question of that place, of a campaign on a colleague's phone."""

    campaign: UUID
    place: int


class OpenCovered(CallbackData, prefix="o"):
    notice: Notice
    #: What the notice is found again by: see dialogs/notices.py.
    refers: str = ""


class CoverAgain(CallbackData, prefix="v"):
    notice: Notice
    refers: str = ""


class TapPicture(CallbackData, prefix="x"):
    """One of the row that opens a watched phone, by its place among all pictures."""

    picture: int


class SayWhen(CallbackData, prefix="g"):
    """Whether it is safe to talk now."""

    case: UUID
    answer: GoodTime


class KeepHours(CallbackData, prefix="e"):
    """The safe hours are still right."""


class ChangeHours(CallbackData, prefix="f"):
    """They are not."""


class WriteAgain(CallbackData, prefix="w"):
    """You may write to me first again."""


class ForgetMe(CallbackData, prefix="f"):
    """Delete everything about me."""

    #: When "really?" was asked, in minutes since 1970: a yes counts for a while. 0 asks.
    asked: int = 0


class ReviewConsent(CallbackData, prefix="ra"):
    """Ask me anew what you may do."""


class SharePartner(CallbackData, prefix="sp"):
    """This organisation may be told what it needs to help me, or may not."""

    partner: UUID
    granted: bool


class ShareReferral(CallbackData, prefix="sr"):
    """This organisation may be asked to help me and told what stood there, or may not."""

    referral: UUID
    granted: bool


class HelpCame(CallbackData, prefix="hc"):
    """Whether the help came that another organisation was asked for."""

    referral: UUID
    received: Received


class KeepTalk(CallbackData, prefix="ka"):
    """This talk that ended may be kept after all."""

    case: UUID


class KeepLastTalk(CallbackData, prefix="kt"):
    """The last one may; older buttons don't say which."""


class AboutHelper(CallbackData, prefix="ab"):
    """I want to say something about somebody who helps me, past them."""

    kind: ComplaintKind


class AnswerSafeguarding(CallbackData, prefix="aw"):
    """I answer these words, whoever wrote them; older buttons say AboutHelper."""

    message: UUID


class PastLead(CallbackData, prefix="ap"):
    """It is about whoever would read it."""


class SaidAll(CallbackData, prefix="ae"):
    """What I write now is for the team again."""


class CopyForMe(CallbackData, prefix="copy"):
    """Send me a copy of what is kept about me."""


class CorrectWords(CallbackData, prefix="x"):
    """Something that is kept is wrong: which, if it is said."""

    message: UUID | None = None


class OlderWords(CallbackData, prefix="xo"):
    """It is older than this message."""

    behind: UUID


class ToMenu(CallbackData, prefix="m"):
    """A fresh menu."""


class ToServices(CallbackData, prefix="s"):
    """The list of places."""


class DidNotWork(CallbackData, prefix="dn"):
    """I tried this service, and it did not work."""

    service: UUID


class AnswerDrill(CallbackData, prefix="dr"):
    """The test alert has reached me."""

    drill: UUID


class ClaimCase(CallbackData, prefix="k"):
    #: Asked of the database as it is, so it must be such as we give out.
    code: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,16}$")]


class TakeWordsBack(CallbackData, prefix="tb"):
    """What I wrote in the topic is not to leave."""

    message: UUID


class CloseCase(CallbackData, prefix="kc"):
    """How did it end?"""

    code: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,16}$")]
    #: Older buttons say how. They know nothing of what was said since, so it is asked anew.
    outcome: Outcome | None = None


class EndCase(CallbackData, prefix="ke"):
    """It ended like this."""

    code: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,16}$")]
    outcome: Outcome
    #: What had been said when it was asked: see domain/cases/changes.py.
    read: str


# Buttons are copied from one, in a third of the time that it takes to make one anew: prompts have
# seven each, and are due by the thousand.
_BLANK = InlineKeyboardButton(text="")


def button(label: str, press: CallbackData) -> InlineKeyboardButton:
    return _BLANK.model_copy(update={"text": label, "callback_data": press.pack()})


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=readable(row for row in rows if row))


def drawn_before(markup: Mapping[str, Sequence[Sequence[dict[str, Any]]]]) -> InlineKeyboardMarkup:
    """A keyboard that was written down, as it was."""
    rows = markup["inline_keyboard"]
    return InlineKeyboardMarkup(
        inline_keyboard=[[_BLANK.model_copy(update=each) for each in row] for row in rows]
    )

"""Whether somebody should write: asked where the watch is unsure, and answered with one tap.

Whoever holds the phone may have tapped that. So an answer lowers nothing and stops no clock (P13),
and the only thing that it holds back, for a while, is the same question.
"""

from datetime import timedelta

from domain.cases.events import happened, happened_lately
from domain.cases.finding import open_case_of
from domain.notices import Notice
from domain.notices.telling import told_lately
from storage.kinds import CaseEventKind, Severity
from storage.outbox.contents import Notification, ToChat
from storage.outbox.letters import Once, said_lately
from storage.sessions import Session
from storage.tables.returnees import Returnee

# By what each answer was answered with. That this was said stands in the outbox, so nothing else
# has to be kept, of a stranger either; whoever empties the chat may be asked again.
_STANDS = {Notice.HELP_OKAY: timedelta(minutes=10), Notice.HELP_DECLINED: timedelta(hours=2)}
_LINES = {
    Notice.HELP_OKAY: CaseEventKind.OKAY_SAID,
    Notice.HELP_DECLINED: CaseEventKind.NOT_NOW_SAID,
}


async def answered_lately(session: Session, chat_id: int) -> bool:
    """Whether it was answered, and not by asking for somebody, too lately to be asked again."""
    for notice, stands in _STANDS.items():
        if await said_lately(session, chat_id, Once(notice, stands)) is not None:
            return True
    return False


async def concern_answered_lately(
    session: Session, chat_id: int, chat: ToChat | None = None
) -> bool:
    """Whether they were asked about a concern, and have answered since, too lately to be asked
    about one again. `chat`: how a stranger was asked.
    """
    asked = Notification(Notice.HELP_OFFERED, {"severity": Severity.CONCERN}, chat=chat)
    question = await told_lately(session, chat_id, asked, max(_STANDS.values()))
    if question is None:
        return False
    for notice, stands in _STANDS.items():
        answer = await said_lately(session, chat_id, Once(notice, stands))
        if answer is not None and answer.number > question.number:
            return True
    return False


async def note_answer(session: Session, returnee: Returnee, notice: Notice) -> None:
    """In their open case, for whoever has it. Needs the service's scope."""
    case = await open_case_of(session, returnee.id)
    if case is not None and not await happened_lately(session, case, _LINES[notice]):
        happened(session, case, _LINES[notice])

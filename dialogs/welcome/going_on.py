"""Where the welcome goes on for somebody who left it, however they did: to write, to choose another
language, or since somebody came in.
"""

from aiogram.fsm.state import State

from dialogs.states import MenuStates, WelcomeStates
from domain.check_ins.hours_again import never_said_when
from domain.consent.renewal import open_questions
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def left_to_ask(session: Session, returnee: Returnee) -> State:
    """Of somebody who has read the first words. Without the hours they would be written to at usual
    ones, which they never called safe (P4).
    """
    if await open_questions(session, returnee):
        return WelcomeStates.notice
    return WelcomeStates.hours if await never_said_when(session, returnee) else MenuStates.main

"""Where lives begin that chance would seldom lead to, beside what two organisations do."""

from enum import Enum, auto

from tests.model.calls import STOP_WORD
from tests.model.campaigns import Campaigns
from tests.model.returnees import Returnees
from tests.model.stage import WATCHED
from tests.model.watched import Watched


class Scene(Enum):
    NOTHING = auto()
    #: The second of the people has used their stop word.
    FROZEN = auto()
    #: They have asked to be forgotten.
    LEAVING = auto()
    #: Whoever holds the watched phone may have made them ask for that.
    LEAVING_WATCHED = auto()
    #: A campaign asks everybody.
    ASKED = auto()
    #: It does, and some have put it off or begun to answer.
    ANSWERED = auto()
    #: The watched phone shows a message.
    OPENED = auto()


class Scenes(Returnees, Campaigns, Watched):
    async def _play(self, scene: Scene) -> None:
        match scene:
            case Scene.NOTHING:
                pass
            case Scene.FROZEN:
                self._send(1, STOP_WORD)
            case Scene.LEAVING:
                self.ask_to_be_forgotten(1)
            case Scene.LEAVING_WATCHED:
                self.ask_to_be_forgotten(WATCHED)
            case Scene.ASKED:
                await self._ask_everybody()
            case Scene.ANSWERED:
                await self._ask_everybody()
                self._press_shown(self.people[0], 0, "p:.*")
                self._press_shown(self.people[1], 0, "d:.*:1h")
            case Scene.OPENED:
                await self._open_words()
        await self.house.answer()

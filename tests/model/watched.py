"""What whoever holds the watched phone does in the model."""

from re import fullmatch

from hypothesis import strategies as st
from hypothesis.stateful import rule

from dialogs.presses import TapPicture
from tests.model.calls import GRID
from tests.model.stage import ROW, WATCHED, Stage

_WRONG = (0, 1, 2, 3)


class Watched(Stage):
    @rule(which=st.integers(0, 12))
    def press_what_is_covered(self, which: int) -> None:
        self._press_shown(self.people[WATCHED], which, "o:.*")

    @rule(right=st.booleans())
    def tap_a_row(self, right: bool) -> None:
        """On the pictures, wherever they stand."""
        user = self.people[WATCHED]
        grids = [
            sent.message_id
            for sent in self.house.shown
            if sent.chat == user.id and any(fullmatch(GRID, data) for data in sent.buttons)
        ]
        if grids:
            self._tap(grids[-1], right)

    @rule(which=st.integers(0, 12), right=st.booleans())
    def open_by_a_row(self, which: int, right: bool) -> None:
        """At one go: what is covered, and the pictures that come in its place."""
        number = self._press_shown(self.people[WATCHED], which, "o:.*")
        if number is not None:
            self._tap(number, right)

    @rule(which=st.integers(0, 12))
    def cover_again(self, which: int) -> None:
        self._press_shown(self.people[WATCHED], which, "v:.*")

    def _tap(self, number: int, right: bool) -> None:
        user = self.people[WATCHED]
        for picture in ROW if right else _WRONG:
            data = TapPicture(picture=picture).pack()
            self.house.simulator.phones.press(user.id, user.id, number, data)

    async def _open_words(self) -> None:
        """Of a caseworker's, and whoever holds the phone knows the row."""
        user = self.people[WATCHED]
        self.house.simulator.phones.send_text(user.id, "/help")
        await self.house.answer()
        self.open_by_a_row(0, right=True)
        await self.house.answer()

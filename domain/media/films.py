"""Films, sound and pictures in boxes: MP4, MOV, 3GP and M4A, HEIC and AVIF.

Where it was made stands in "udta", "meta" and "uuid", in tracks that are neither seen nor heard,
and in whatever a maker of telephones thinks of next: what is not needed to play it is wiped.
"""

from dataclasses import dataclass

from domain.media.boxes import Box, Boxes
from domain.media.damage import Damaged
from domain.media.items import wipe_what_tells
from domain.media.tracks import is_seen_or_heard, samples_of

_TOP, _FILM, _TRACK, _PICTURES = b"", b"moov", b"trak", b"meta"
_FRAGMENT = b"moof"
#: What stays of each box that is stepped into.
_STAYS = {
    _TOP: {b"ftyp", b"styp", _FILM, _FRAGMENT, b"mdat", _PICTURES, b"sidx", b"mfra", b"pdin"},
    _FILM: {b"mvhd", _TRACK, b"mvex", b"iods"},
    _TRACK: {b"tkhd", b"tapt", b"edts", b"tref", b"mdia", b"load"},
    b"mdia": {b"mdhd", b"hdlr", b"elng", b"minf"},
    _FRAGMENT: {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"saiz", b"saio", b"subs", b"sdtp"},
}
# Behind its version and flags each says when something was made and when it was changed.
_DATED = {b"mvhd", b"tkhd", b"mdhd"}


def without_place(data: bytes) -> bytes:
    """The same film, sound or picture. Raises Damaged."""
    boxes = Boxes(bytearray(data))
    whole = Box(_TOP, 0, 0, len(data))
    _Film(boxes, _FRAGMENT in boxes.by_kind(whole)).walk(whole)
    return bytes(boxes.data)


@dataclass(frozen=True, slots=True)
class _Film:
    boxes: Boxes
    in_fragments: bool

    def walk(self, around: Box) -> None:
        for box in self.boxes.within(around.body, around.end):
            if box.kind not in _STAYS[around.kind]:
                self.boxes.empty(box)
            elif box.kind == _TRACK and not is_seen_or_heard(self.boxes, box):
                self._drop(box)
            elif box.kind == _PICTURES:
                wipe_what_tells(self.boxes, box)
            elif box.kind in _DATED:
                self._forget_when(box)
            elif box.kind in _STAYS:
                self.walk(box)

    def _drop(self, track: Box) -> None:
        """Such as the places of a drone, second by second."""
        if self.in_fragments:
            raise Damaged
        for begin, end in samples_of(self.boxes, track):
            self.boxes.wipe(begin, end)
        self.boxes.empty(track)

    def _forget_when(self, box: Box) -> None:
        [version] = self.boxes.numbers(box.body, 1, 1, box.end)
        begin = box.body + 4
        self.boxes.wipe(begin, min(begin + (16 if version else 8), box.end))

"""What a file that somebody sent is, and how it is freed of where it was made.

A picture that was sent as a file says where it was taken, and so do films and recordings. Nobody
here is to learn that (P14). Telegram takes it out of what is sent as a photo, and we out of the
rest, as far as it is of a make that we know by heart.
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.media import films, jpeg, png, webp
from domain.media.damage import Damaged

_BRAND, _BRANDS_END = slice(8, 12), 64
_STILLS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SOUND = {b"M4A ", b"M4B "}


def _as_it_is(data: bytes) -> bytes:
    raise Damaged


@dataclass(frozen=True, slots=True)
class Format:
    #: As browsers call it.
    type: str
    ending: str
    #: The same file, and nothing of where, when and by what it was made. Raises Damaged.
    without_place: Callable[[bytes], bytes] = _as_it_is


_JPEG = Format("image/jpeg", "jpg", jpeg.without_place)
_PNG = Format("image/png", "png", png.without_place)
_WEBP = Format("image/webp", "webp", webp.without_place)
_HEIC = Format("image/heic", "heic", films.without_place)
_AVIF = Format("image/avif", "avif", films.without_place)
_M4A = Format("audio/mp4", "m4a", films.without_place)
_MOV = Format("video/mp4", "mov", films.without_place)
_MP4 = Format("video/mp4", "mp4", films.without_place)
_BY_BEGINNING = {
    jpeg.BEGINNING: _JPEG,
    png.BEGINNING: _PNG,
    b"GIF8": Format("image/gif", "gif"),
    b"OggS": Format("audio/ogg", "ogg"),
    b"ID3": Format("audio/mpeg", "mp3"),
    b"%PDF-": Format("application/pdf", "pdf"),
}


def format_of(data: bytes) -> Format | None:
    """By what it holds, whatever it is called."""
    if data[4:8] == b"ftyp":
        return _in_boxes(data)
    if webp.is_webp(data):
        return _WEBP
    return next((found for begin, found in _BY_BEGINNING.items() if data.startswith(begin)), None)


def _in_boxes(data: bytes) -> Format:
    brand = data[_BRAND]
    if brand.startswith(b"avi") or (brand in _STILLS and b"avif" in data[:_BRANDS_END]):
        return _AVIF
    if brand in _STILLS:
        return _HEIC
    if brand in _SOUND:
        return _M4A
    return _MOV if brand == b"qt  " else _MP4

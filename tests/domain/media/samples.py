"""Small files as cameras and telephones make them, each of which says where it was made."""

from struct import pack
from zlib import crc32

PLACE = b"+41.3275+019.8187/"
WHEN = b"2026:11:28 20:02:22"
TOLD = PLACE + WHEN
SHOWN = b"what is seen"
HEARD = b"what is heard"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def exif(order: str = ">", turned: int = 6) -> bytes:
    mark = b"MM" if order == ">" else b"II"
    entries = [(0x010F, 2, 4, 0), (0x0112, 3, 1, turned), (0x8825, 4, 1, 50)]
    listed = b"".join(pack(f"{order}HHIHxx", *entry) for entry in entries)
    head = mark + pack(f"{order}HIH", 42, 8, len(entries))
    return b"Exif\0\0" + head + listed + bytes(4) + TOLD


XMP = b"http://ns.adobe.com/xap/1.0/\0exif:GPSLatitude " + TOLD
FRAME = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
COLOURS = segment(0xE2, b"ICC_PROFILE\0\1\1colours")
TABLES = segment(0xDB, bytes(65))
SCANS = (
    segment(0xDA, b"scan")
    + b"\x12\xff\0\x34\xff\xd0\x56"
    + segment(0xC4, b"\xff\xd9 a table")
    + segment(0xDA, b"scan")
    + b"\x78\x9a\xff\xff\xd9"
)


def jpeg(order: str = ">") -> bytes:
    """With a second picture behind it, as telephones put one there."""
    added = segment(0xE1, exif(order)) + segment(0xE1, XMP) + segment(0xFE, TOLD)
    second = b"\xff\xd8" + segment(0xE1, exif(order, 1)) + SCANS
    several = segment(0xED, TOLD) + COLOURS + segment(0xE2, b"MPF\0" + TOLD)
    return b"\xff\xd8" + FRAME + added + several + TABLES + SCANS + second


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body))


def png() -> bytes:
    added = [b"tEXtGPS\0" + TOLD, b"zTXt" + TOLD, b"iTXtXML" + TOLD, b"eXIf" + TOLD, b"tIME" + TOLD]
    drawn = [chunk(b"IHDR", bytes(13)), chunk(b"gAMA", bytes(4)), chunk(b"IDAT", SHOWN)]
    told = [chunk(each[:4], each[4:]) for each in [*added, b"maKe" + TOLD]]
    return b"\x89PNG\r\n\x1a\n" + b"".join([drawn[0], *told, *drawn[1:], chunk(b"IEND"), TOLD])


def webp() -> bytes:
    chunks = [
        (b"VP8X", b"\x1c\0\0\0" + bytes(6)),
        (b"VP8 ", SHOWN),
        (b"EXIF", TOLD),
        (b"XMP ", TOLD),
    ]
    body = b"WEBP" + b"".join(
        kind + pack("<I", len(held)) + held + bytes(len(held) % 2) for kind, held in chunks
    )
    return b"RIFF" + pack("<I", len(body)) + body + TOLD


def box(kind: bytes, *held: bytes, long: bool = False) -> bytes:
    body = b"".join(held)
    if long:
        return pack(">I4sQ", 1, kind, len(body) + 16) + body
    return pack(">I4s", len(body) + 8, kind) + body


def table(kind: bytes, form: str, *numbers: int) -> bytes:
    return box(kind, bytes(4), pack(form, *numbers))


def track(handler: bytes, chunks: list[int], sizes: list[int], *, alike: int = 0) -> bytes:
    """Two samples in its first chunk, and one in each of the others."""
    listed = () if alike else sizes
    stored = [
        table(b"stsz", f">II{len(listed)}I", alike, len(sizes), *listed),
        table(b"stsc", ">I6I", 2, 1, 2, 1, 2, 1, 1),
        table(b"stco", f">I{len(chunks)}I", len(chunks), *chunks),
    ]
    media = [
        box(b"mdhd", bytes(4), WHEN[:8], bytes(12)),
        box(b"hdlr", bytes(8), handler, bytes(13)),
        box(b"minf", box(b"stbl", box(b"stsd", bytes(8)), *stored)),
    ]
    added = [box(b"udta", box(b"name", TOLD)), box(b"meta", TOLD)]
    return box(b"trak", box(b"tkhd", bytes(4), WHEN[:8], bytes(72)), box(b"mdia", *media), *added)


def film(brand: bytes = b"qt  ", *, alike: int = 0, long: bool = False) -> bytes:
    """Seen, heard, and with a track of places beside it, as drones and telephones write them."""
    begin = box(b"ftyp", brand, bytes(4)) + box(b"uuid", TOLD) + box(b"free", TOLD)
    head = 16 if long else 8
    at = len(begin) + head
    places = at + len(SHOWN + HEARD)
    told = [places, places + 2 * len(PLACE), places + 3 * len(PLACE)]
    held = box(b"mdat", SHOWN, HEARD, PLACE * 4, long=long)
    tracks = [
        track(b"vide", [at], [len(SHOWN)]),
        track(b"soun", [at + len(SHOWN)], [len(HEARD)]),
        track(b"mebx", told, [len(PLACE)] * 4, alike=alike),
    ]
    telling = [
        box(b"udta", box(b"\xa9xyz", TOLD), bytes(4)),
        box(b"meta", box(b"keys", b"mdtacom.apple.quicktime.location.ISO6709"), TOLD),
    ]
    named = box(
        b"moov", box(b"mvhd", b"\1\0\0\0", bytes(8), WHEN[:8], bytes(80)), *tracks, *telling
    )
    return begin + held + named + box(b"SMSG", TOLD)


def still(brand: bytes = b"heic", *, version: int = 1, in_data: bool = False) -> bytes:
    """A picture with an item of Exif and one of XMP."""
    told = [exif(), XMP]
    kinds = [b"hvc1", b"Exif", b"mime"]
    infos = [
        box(b"infe", b"\2\0\0\0", pack(">HH4s", number, 0, kind), b"\0")
        for number, kind in enumerate(kinds, start=1)
    ]
    method = 1 if in_data else 0

    def meta(at: int) -> bytes:
        begins = [0, len(SHOWN), len(SHOWN) + len(told[0])]
        places = b"".join(
            (pack(">HHH", number, method, 0) if version else pack(">HH", number, 0))
            + pack(">IHII", 0 if in_data else at, 1, begin, len(held))
            for number, (begin, held) in enumerate(zip(begins, [SHOWN, *told], strict=True), 1)
        )
        return box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", bytes(4), b"\0\1"),
            box(b"iinf", bytes(4), pack(">H", len(infos)), *infos),
            box(b"iloc", bytes([version, 0, 0, 0]), b"\x44\x40", pack(">H", 3), places),
            box(b"iprp", bytes(8)),
            box(b"uuid", TOLD),
            *([box(b"idat", SHOWN, *told)] if in_data else []),
        )

    begin = box(b"ftyp", brand, bytes(4), b"mif1")
    kept = b"" if in_data else box(b"mdat", SHOWN, *told)
    return begin + meta(len(begin) + len(meta(0)) + 8) + kept + box(b"mpvd", TOLD)


ALL = {
    "jpeg": jpeg(),
    "jpeg of another order": jpeg("<"),
    "png": png(),
    "webp": webp(),
    "mov": film(),
    "mp4": film(b"isom", alike=len(PLACE), long=True),
    "m4a": film(b"M4A "),
    "heic": still(),
    "heic with all in its list": still(in_data=True),
    "avif": still(b"avif", version=0),
}

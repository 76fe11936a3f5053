"""A text file as people save it: in UTF-8, or as the mark at its beginning says, which Notepad and
Excel write.
"""

MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def plain_text(content: bytes) -> str:
    """Raises UnicodeDecodeError."""
    marked = (encoding for mark, encoding in MARKS.items() if content.startswith(mark))
    return content.decode(next(marked, "utf-8"))

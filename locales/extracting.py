"""For Babel: the texts that lie in data files, such as the names of hotlines."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

_NAME = re.compile(r'^(?:name|text) = "(.+)"$')


def names_in_toml(
    file: BinaryIO, keywords: object, comment_tags: object, options: Mapping[str, object]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Every `name = "…"` or `text = "…"` line, in the form that Babel asks of an extractor."""
    for number, line in enumerate(file.read().decode().splitlines(), start=1):
        if found := _NAME.match(line):
            yield number, "", found[1], []

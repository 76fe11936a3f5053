"""How ODK lets a text look: no message of ours shows it, and its signs are no words."""

import re

# Before a word, a quote or an answer: a star that marks a remark, or a line to write on, is none.
_BEGINS = r"""(?=[^\W_]|[$"'“„«‘¿¡(])"""
_ANSWER = r"\$\{[^{}\n]*+\}"
# Without one, what follows is a word: "3 <span of years> 5".
_ATTRIBUTES = r"\s++[\w-]++\s*+=[^<>]*+"
_STYLES = (
    (re.compile(rf"<\s*+(?:/\s*+)?span(?:{_ATTRIBUTES}|\s*+/?)>", re.IGNORECASE), ""),
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(rf"(?<![\w*])(\*{{1,3}}){_BEGINS}([^*\n]++)(?<!\s)\1(?![\w*])"), r"\2"),
    # Those of an answer's name are none, as in ${_first_name}: it is read as a whole, and stays.
    (
        re.compile(
            rf"({_ANSWER})|(?<!\w)(_{{1,3}}){_BEGINS}((?:{_ANSWER}|[^_\n])++)(?<!\s)\2(?!\w)"
        ),
        r"\1\3",
    ),
)


def plain(text: str) -> str:
    for style, words in _STYLES:
        text = style.sub(words, text)
    return text.strip()

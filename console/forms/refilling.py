"""A page whose form was refused: the sentence beside the form, and what was typed still in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import html
from starlette.datastructures import FormData

from console.forms.typed import words_in

#: Where the form stood, since the browser's address is that of the refusal from then on.
CAME_FROM: Final = "came_from"
#: By which a form shows that it is of this very session.
PROOF: Final = "form_token"
#: Of which page it is: what is sent twice from one, by an impatient press or over a bad connection,
#: is done once.
ONCE: Final = "once"
#: By which a form shows what its reader had before their eyes, that nobody undoes unawares what a
#: colleague changed since; and so do those whose name ends like this.
SEEN: Final = "seen"
_BEFORE: Final = "_before"
_FIELDS: Final = ".//input[not(@type='hidden')] | .//select | .//textarea"
# A browser takes no file from a page, and no page shows a secret.
_NEVER_KEPT: Final = ("file", "password")
# What comes out of a word processor may hold them, and lxml puts them into no page.
_IN_NO_PAGE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Refusal:
    sentence: str
    #: Where the form was sent, what was in it, and the address of its page.
    action: str
    given: FormData
    came_from: str
    #: The sentence says that somebody changed what is there.
    tells_of_change: bool = False


def refilled(page: bytes, refusal: Refusal) -> bytes:
    """The form stands open and takes the focus, or the sentence does where nothing is to be typed;
    where the form is gone the page says why at its top, and what was written is under it.
    """
    document = html.document_fromstring(page, html.HTMLParser(encoding="utf-8"))
    said = html.Element("p", {"class": "said refused", "role": "alert", "id": "refused"})
    # It may name what was sent.
    said.text = _IN_NO_PAGE.sub("", refusal.sentence)
    form = _form_of(document, refusal)
    if form is None or not form.xpath(_FIELDS):
        # A button far down the page would leave its reader at the top, where nothing has changed.
        said.set("tabindex", "-1")
        said.set("autofocus", "")
    if form is None:
        left = [_left(document, refusal.action, *each) for each in words_in(refusal.given)]
        next(document.iter("main"))[:0] = [said, *left]
    else:
        _fill(form, refusal.given)
        _stay_the_same(form, refusal.given)
        if not refusal.tells_of_change:
            _know_no_more(form, refusal.given)
        form.insert(0, said)
        form.append(html.Element("input", type="hidden", name=CAME_FROM, value=refusal.came_from))
        for around in form.iterancestors("details"):
            around.set("open", "")
    written: bytes = html.tostring(document, doctype="<!doctype html>", encoding="utf-8")
    return written


def _left(page: html.HtmlElement, action: str, name: str, words: str) -> html.HtmlElement:
    """What nothing takes now: to be copied, or by its name to stand in its own form again once that
    is back (console/static/drafts.js).
    """
    form = html.Element("form", {"class": "card", "method": "post", "action": action})
    field = html.Element("textarea", name=name, dir="auto", rows="6")
    field.set("aria-labelledby", "refused")
    if page.get_element_by_id(name, None) is None:
        field.set("id", name)
    field.text = _IN_NO_PAGE.sub("", words)
    form.append(field)
    return form


def _form_of(document: html.HtmlElement, refusal: Refusal) -> html.HtmlElement | None:
    """Of several to the same address, the one with the same hidden values, whatever the session."""
    there = [
        form
        for form in document.xpath("//form")
        if urlsplit(urljoin(refusal.came_from, form.get("action", ""))).path == refusal.action
    ]
    if len(there) == 1:
        return there[0]
    return next((form for form in there if _is_the_same(form, refusal.given)), None)


def _is_the_same(form: html.HtmlElement, given: FormData) -> bool:
    return all(
        each.get("value", "") in given.getlist(each.get("name", ""))
        for each in form.xpath(".//input[@type='hidden']")
        if each.get("name") not in (PROOF, ONCE, SEEN)
    )


def _fill(form: html.HtmlElement, given: FormData) -> None:
    fields = form.xpath(_FIELDS)
    # Of what was too much to be read nothing is known.
    for each in fields if given else ():
        _keep(each, [_IN_NO_PAGE.sub("", value) for value in _typed(given, each)])
    for first in fields[:1]:
        first.set("autofocus", "")
        first.set("aria-describedby", f"{first.get('aria-describedby', '')} refused".strip())


def _stay_the_same(form: html.HtmlElement, given: FormData) -> None:
    """What was done before its page failed is not done again when it is sent again."""
    for once in form.xpath(f".//input[@name='{ONCE}']"):
        once.set("value", str(given.get(ONCE) or once.get("value")))


def _know_no_more(form: html.HtmlElement, given: FormData) -> None:
    """What is typed in it hides what stands there by now."""
    if not given or not form.xpath(_FIELDS):
        return
    for hidden in form.xpath(".//input[@type='hidden']"):
        if _is_of_then(hidden.get("name", "")):
            hidden.drop_tree()
    for name, value in given.multi_items():
        if _is_of_then(name) and isinstance(value, str):
            said = _IN_NO_PAGE.sub("", value)
            form.append(html.Element("input", type="hidden", name=name, value=said))


def _is_of_then(name: str) -> bool:
    return name == SEEN or name.endswith(_BEFORE)


def _typed(given: FormData, field: html.HtmlElement) -> Iterator[str]:
    for value in given.getlist(field.get("name", "")):
        if isinstance(value, str) and value:
            yield value


def _keep(field: html.HtmlElement, values: list[str]) -> None:
    kind = field.get("type", "text") if field.tag == "input" else field.tag
    if kind in ("checkbox", "radio"):
        _mark(field, "checked", field.get("value", "on") in values)
    elif kind == "select":
        for option in field.iter("option"):
            _mark(option, "selected", option.get("value", option.text) in values)
    elif kind == "textarea":
        field.text = "".join(values)
    elif kind not in _NEVER_KEPT:
        field.set("value", "".join(values))


def _mark(field: html.HtmlElement, mark: str, set_it: bool) -> None:
    if set_it:
        field.set(mark, "")
    else:
        field.attrib.pop(mark, None)

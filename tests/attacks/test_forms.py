"""Every form that changes something carries the token of its session."""

import re
from pathlib import Path

import pytest

from console.pages import PAGES
from console.routing import Access

TEMPLATES = sorted((Path(__file__).parents[2] / "console/templates").glob("*.html"))
#: Before anybody is signed in there is no session: where these come from is looked at, and what
#: they must know no other site knows. What somebody typed while their session ended is only shown
#: to them again, and done once it comes with a token.
OF_STRANGERS = {
    "sign-in.html",
    "set-up.html",
    "given-back.html",
    "partner-link.html",
    "partner-opened.html",
}
TOKENS = ("token()", "token_once()", "form_token")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_posted_form_carries_the_token_of_its_session(template: Path) -> None:
    text = template.read_text()
    forms = re.findall(r"<form\b[^>]*>.*?</form>", text, re.DOTALL)
    assert len(forms) == text.count("<form")
    for form in forms:
        posted = 'method="post"' in form
        carries = any(token in form for token in TOKENS)
        # One without a button only holds words that came back, until the form that sends them does.
        exempt = template.name in OF_STRANGERS or "<button" not in form
        assert posted is carries or exempt, form


def test_what_changes_something_is_posted_and_what_is_posted_is_guarded() -> None:
    assert all(page.methods == ({"POST"} if page.form else {"GET", "HEAD"}) for page in PAGES)
    open_to_all = {page.path.split("/")[1] for page in PAGES if page.needs is Access.ANYBODY}
    assert open_to_all == {"sign-in", "set-up", "partner"}

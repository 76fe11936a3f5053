"""What a message says, as it is sealed: of a person and of a worker, in a case or a complaint."""

from typing import TypedDict


class Cry(TypedDict):
    """Words in which the watch heard something, before an edit took them out."""

    text: str
    #: On Telegram's clock; 0 where they were never edited before.
    edited: int


class Correction(TypedDict):
    """What the person says is wrong about it."""

    text: str
    at: str


class Body(TypedDict, total=False):
    """As far as there is any."""

    text: str
    #: Its last lines are what came with it, such as what a file is called.
    carried: bool
    file_id: str
    #: Its number in its chat.
    number: int
    #: The number there of the message that it answers, whatever that is.
    answers: int
    #: When it was edited last, on Telegram's clock.
    edited: int
    #: The watch heard something in it.
    cry: bool
    #: The oldest first.
    earlier: list[Cry]
    corrections: list[Correction]
    #: A service of the directory, or a sentence that is there in every language, by its name.
    service: str
    phrase: str
    #: A worker's voice, in Base64.
    audio: str


def without_words(body: Body) -> Body:
    said = body.copy()
    said.pop("text", None)
    return said


def cries_taken_out(body: Body) -> list[str]:
    """Cries that an edit took out, each once, and none that still stands there."""
    cries = [cry["text"] for cry in body.get("earlier", ())]
    return [text for text in dict.fromkeys(cries) if text != body.get("text")]


def of_a_place(body: Body) -> Body:
    """Nothing of where it is, but that something was sent (P14)."""
    said = Body()
    if "number" in body:
        said["number"] = body["number"]
    if "edited" in body:
        said["edited"] = body["edited"]
    return said

"""Good input to begin from."""

import json
from pathlib import Path
from typing import Any

from webauthn.helpers import bytes_to_base64url

from benchmarks.distress import HELD_OUT
from domain.questionnaires.forms.template import template
from tests.attacks.corpus import ENTITIES, ODD_NAMES
from tests.domain.campaigns.files import SHORTEST
from tests.domain.directory.samples import clinic
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, excel
from tests.domain.sound.recordings import TWENTY, webm
from tests.domain.staff.authenticator import Authenticator
from tests.handlers.reading.kinds import (
    FILE,
    PICTURE,
    VOICE_BLOCK,
    checklist,
    game,
    paragraph,
    poll,
    quoting,
    rich,
    table,
)
from tests.model.updates import real_updates

CHALLENGE = b"c" * 32
PHONE = Authenticator()
_BUILT_IN = Path(__file__).parents[3] / "domain/pathways/built_in"
_EVERY_NTH = 40


def updates() -> list[bytes]:
    message = real_updates(7)[0]["message"]
    held: list[dict[str, Any]] = [
        poll("Do they hold you?", "yes", "no", explanation="say so"),
        checklist("What he took", "passport", "phone"),
        rich(paragraph("he ", {"type": "bold", "text": "locked"}), table("10:00"), VOICE_BLOCK),
        game("Run"),
        quoting("I will kill you"),
        {"sticker": FILE | {"type": "regular", "width": 1, "height": 1, "emoji": "🆘"}},
        {"photo": PICTURE, "caption": "look"},
        {"venue": {"title": "quay", "address": "1", "location": {"latitude": 1, "longitude": 1}}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ]
    bare = {name: value for name, value in message.items() if name not in ("text", "entities")}
    more = [{"message": bare | each} for each in held]
    return [_json(each | {"update_id": 5}) for each in [*real_updates(7), *more]]


def jsons() -> list[bytes]:
    page = {"total_items": 1, "contents": [clinic()]}
    return [_json([clinic()]), _json(page), _json({"name": "Port", "services": [clinic()]})]


def directories() -> list[bytes]:
    tables = [
        "id,name,status,assured_date\nclinic,Clinic,active,2026-01-10\n",
        "id;name;description;email\nshelter;Shelter;Beds;a@example.org\n",
    ]
    return [b"c\n" + each.encode() for each in tables] + [b"j\n" + each for each in jsons()]


def workbooks() -> list[bytes]:
    return [template(), excel(HEALTH), excel(SETTINGS)]


def expressions() -> list[bytes]:
    return [
        each.encode()
        for each in (
            ". >= 0 and . <= 20",
            "${children} > 0 and selected(${needs}, 'school')\n3\nschool home",
            "round(${a} div 3, 2)\n5",
            "if(regex(., '^[A-Z]{2}$'), 'urgent', 'none')",
            "date('2026-01-31') < today()",
            "coalesce(${a}, jr:choice-name(${b}, '${b}'))\nx\ny",
            "min(${a}, 2, int('3.5')) + max(1, selected-at(${b}, 1))\n1\n2 3",
            "count-selected(${b}) * number(substring('12', 1, 1))",
        )
    ]


def pathways() -> list[bytes]:
    dotted = b'key = "a"\nname.en = "A"\n[[stage]]\n"b.c".d = 1\n[[stage.task]]\nkey.e = "f"\n'
    return [*(file.read_bytes()[:4000] for file in sorted(_BUILT_IN.glob("*.toml"))), dotted]


def campaigns() -> list[bytes]:
    more = 'countries = ["AL"]\nlateness_hours = 12\nevery = { unit = "month", interval = 2 }\n'
    dotted = 'every.unit = "month"\nevery.interval = 2\n'
    return [(SHORTEST + each).encode() for each in ("", more, dotted, "after_days = -7")]


def recordings() -> list[bytes]:
    return [webm([TWENTY + b"sound"] * 3)]


def texts() -> list[bytes]:
    lines = HELD_OUT.read_text("utf-8").splitlines()[::_EVERY_NTH]
    told = [json.loads(line)["text"] for line in lines]
    return [each.encode("utf-8", "surrogatepass") for each in (*told, *ODD_NAMES, *ENTITIES)]


def lines() -> list[bytes]:
    return [
        _json({"id": number, "text": text.decode("utf-8", "replace"), "lang": "en"})
        for number, text in enumerate(texts()[:10])
    ]


def answers() -> list[bytes]:
    said = {"challenge": bytes_to_base64url(CHALLENGE), "rpId": "localhost", "rp": {}}
    return [_json(PHONE.create(said)), _json(PHONE.get(said))]


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()

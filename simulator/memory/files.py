"""Files that phones and the bot have sent."""

import secrets
from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from simulator.wire import Json, present


@dataclass
class StoredFile:
    # Persisted as JSON.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64"
    )

    id: str
    unique_id: str
    content: bytes
    #: As in the download address.
    path: str
    name: str | None = None
    mime_type: str | None = None

    def view(self) -> Json:
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }

    def document_view(self) -> Json:
        return self.view() | present(file_name=self.name, mime_type=self.mime_type)


FOLDERS = {"voice": ("voice", ".oga"), "photo": ("photos", ".jpg"), "document": ("documents", "")}


def new_file(
    kind: str, content: bytes, name: str | None = None, mime_type: str | None = None
) -> StoredFile:
    folder, ending = FOLDERS[kind]
    unique = secrets.token_urlsafe(12)
    return StoredFile(
        id=f"{kind}-{secrets.token_urlsafe(42)}",
        unique_id=unique,
        content=content,
        path=f"{folder}/file_{unique}{ending}",
        name=name,
        mime_type=mime_type,
    )

"""A passkey store in software, which can also be told to misbehave."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from domain.staff.passkeys import (
    Place,
    add_passkey,
    offer_new,
)
from storage.sessions import SERVICE, Database
from storage.tables.staff import Staff

_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    origin: str = "http://localhost:8080"
    #: Its owner proved to be there, by fingerprint or code.
    verified: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answers an offer to make a passkey."""
        new = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self.public_key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(options, _NEW) + new}
        return self._answer(
            clientDataJSON=self._said("webauthn.create", options),
            attestationObject=cbor2.dumps(attestation),
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answers an offer to sign in."""
        data, said = self._data(options, 0), self._said("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)

    def _data(self, options: dict[str, Any], flags: int) -> bytes:
        host = options.get("rpId") or options["rp"]["id"]
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + bytes(4)

    def _said(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    @property
    def public_key(self) -> bytes:
        """As COSE writes it."""
        point = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})

    def _answer(self, **response: bytes) -> dict[str, Any]:
        identity = bytes_to_base64url(self.credential_id)
        return {
            "id": identity,
            "rawId": identity,
            "type": "public-key",
            "response": {name: bytes_to_base64url(value) for name, value in response.items()},
        }


HERE = Place("localhost", "http://localhost:8080")


async def make(database: Database, staff_id: Any, phone: Authenticator) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, staff_id)
        offer = await offer_new(session, HERE, staff)
        await add_passkey(session, HERE, staff, phone.create(offer.options), offer.sealed)

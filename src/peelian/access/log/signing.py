"""What a seal says and how it is signed, and the text of an entry that is hashed. Needs no database: partners run it too."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from peelian.core.errors import PeelianError

# What is hashed of an entry, in this order. No field holds the separator (`entries.write_entry` sees to it), so two entries never
# have one text.
FIELDS = (
    "number", "entry", "at", "user", "agency", "role", "team", "purpose", "reason", "verb", "what", "recipient", "detail", "subjects"
)  # fmt: skip
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Head:
    """A seal as it is signed: entries `first` to `first + count - 1`, after the seal whose hash is `previous`."""

    number: int
    first: int
    count: int
    root: str
    previous: str
    at: str
    key: str

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        return ("peelian log seal 1\n" + "".join(f"{k} {v}\n" for k, v in asdict(self).items())).encode()

    @property
    def hash(self) -> str:
        """What the next seal names as its previous one, 64 hex digits."""
        return sha256(self.body).hexdigest()

    @property
    def last(self) -> int:
        """Number of its last entry."""
        return self.first + self.count - 1

    def signed(self, signature: str, trusted: Collection[str]) -> bool:
        """Whether one of the trusted public keys (raw, in hex) signed this."""
        if self.key not in trusted:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key)).verify(bytes.fromhex(signature), self.body)
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Head:
        """A head from its fields, as a file states them.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a field is missing or of another kind.
        """
        number, first, count = (int(told[name]) for name in ("number", "first", "count"))
        return cls(number, first, count, *(str(told[name]) for name in ("root", "previous", "at", "key")))


def sign(key: Ed25519PrivateKey, head: Head) -> str:
    """The signature of a head, in hex."""
    return key.sign(head.body).hex()


def new_private_pem() -> bytes:
    """A new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """The private key that a PEM text holds."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")
    return key


def public_hex(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public key as seals name it: 32 bytes in hex."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public key as a PEM text, to be handed out."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def trusted_key(path: Path) -> str:
    """The public key in a PEM file, as seals name it.

    Raises
    ------
    PeelianError
        ``peelian.E330`` if the file holds no such key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise PeelianError(
            "the key of the log cannot be read",
            where=str(path),
            fix="give the file that `peelian log key` writes",
            id="peelian.E330",
        )
    return public_hex(key)

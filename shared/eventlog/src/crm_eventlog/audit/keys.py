"""Ed25519 keys that sign checkpoints: a private one to keep, and a public one to hand out."""

import stat
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyUnusable(Exception):
    """A key of another kind, or one that others can read."""


def new_key(path: Path) -> Path:
    """Write a new private key for its owner only, and the public key beside it. Return the path of the latter."""
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = path.with_name(f"{path.stem}.public{path.suffix}")
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the private key in this text. Raise `KeyUnusable`."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"not a private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable("not an Ed25519 private key")
    return key


def private_key_in(path: Path) -> Ed25519PrivateKey:
    """Return the private key in a file. Raise `KeyUnusable` if others can read it."""
    if path.stat().st_mode & _OTHERS:
        raise KeyUnusable(f"{path} can be read by others: chmod 600 {path}")
    return private_key(path.read_bytes())


def public_key_in(path: Path) -> Ed25519PublicKey:
    """Return the public key in a file. Raise `KeyUnusable`."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise KeyUnusable(f"{path} does not hold a public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{path} does not hold an Ed25519 key")
    return key


def name_of(key: Ed25519PublicKey) -> str:
    """Return the short name of a key, by which several are told apart."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

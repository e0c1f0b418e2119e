"""The base of every command: frozen, without unknown fields, and with a fingerprint."""

from hashlib import sha256

from pydantic import BaseModel, ConfigDict

CLOSED = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CommandPart(BaseModel):
    """A part of a command that is not a command itself."""

    model_config = CLOSED


class Command(BaseModel):
    """A request to do something: imperative, validated and immutable."""

    model_config = CLOSED

    def fingerprint(self) -> str:
        """Return the SHA-256 of the command's name and content, which reveals a reused idempotency key."""
        return sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).hexdigest()

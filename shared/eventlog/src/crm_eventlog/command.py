"""The base of every command: frozen, closed, and with a fingerprint that tells two commands apart."""

from hashlib import sha256

from pydantic import BaseModel, ConfigDict

CLOSED = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CommandPart(BaseModel):
    """A part of a command that has no life of its own."""

    model_config = CLOSED


class Command(BaseModel):
    """A request that a service do something: imperative, validated, never changed on its way."""

    model_config = CLOSED

    def fingerprint(self) -> str:
        """Return the SHA-256 of the command's name and content; the same key with another content is an error."""
        return sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).hexdigest()

"""The base of every command: frozen, closed, and with a fingerprint that tells two commands apart."""

from hashlib import sha256

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """What somebody asks a service to do; imperative, validated, never changed on its way."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def fingerprint(self) -> str:
        """SHA-256 of the command's name and content: the same key with another content is a mistake of the caller."""
        return sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).hexdigest()

"""The settings of marketing; every variable begins with CRM_MARKETING_."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings, is_loopback


class Settings(ServiceSettings):
    """The settings all services share, and the mail server that campaigns go through."""

    model_config = SettingsConfigDict(env_prefix="CRM_MARKETING_")

    smtp_host: str = Field(default="", description="The mail server; empty: no campaign can be launched.")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Its port: 25, 587 with starttls, 465 with tls.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="How the connection is encrypted; the server's certificate is checked."
    )
    smtp_user: str = Field(default="", description="Whom to sign in as; empty: the server asks for nobody.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="The password of smtp_user.")
    smtp_from: str = Field(
        default="marketing@localhost",
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$",
        description="The address messages come from, and answers go to.",
    )
    smtp_timeout_seconds: float = Field(default=30, gt=0, le=600, description="How long the mail server may be silent.")

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Self:
        """Reject a password that would leave this machine unencrypted."""
        if self.smtp_user and self.smtp_security == "none" and not is_loopback(self.smtp_host):
            raise ValueError("smtp_user would be signed in without encryption: set smtp_security to starttls or tls")
        return self

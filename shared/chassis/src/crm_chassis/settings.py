"""Settings of a service: typed variables with defaults, read from the environment only."""

from ipaddress import ip_address
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Seconds that a query with `at_least` waits for the read models.
LONGEST_WAIT = 5.0


class ServiceSettings(BaseSettings):
    """The settings all services share. A service adds its prefix and its own variables."""

    model_config = SettingsConfigDict(env_prefix="CRM_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="", repr=False, description="Database of facts and read models. Empty: a SQLite file."
    )
    log_url: str = Field(
        default="sqlite:///.crm/log.db",
        repr=False,
        description="Log between the services: sqlite:///PATH on one machine, kafka://host:port,… on brokers.",
    )
    host: str = Field(default="127.0.0.1", description="Loopback address to listen on.")
    port: int = Field(default=0, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    partitions: int = Field(
        default=16, ge=1, le=1024, description="Partitions of every topic, the same for all services."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    relay_batch: int = Field(default=2_000, ge=1, le=10_000, description="Facts the relay sends before it checkpoints.")
    project_batch: int = Field(default=5_000, ge=1, le=10_000, description="Events folded in one transaction.")
    poll_seconds: float = Field(default=0.05, gt=0, le=60, description="Pause of an idle reader before it polls again.")
    ready_lag_events: int = Field(default=10_000, ge=0, description="Lag in events above which a reader is not ready.")
    ready_still_seconds: float = Field(
        default=60, gt=0, description="Seconds without progress after which a lagging reader is not ready."
    )
    parked_most: int = Field(default=10_000, ge=1, description="Parked records at which a reader pauses.")
    page_size: int = Field(default=50, ge=1, le=200, description="Items per page when the caller sets no limit.")
    wait_seconds: float = Field(
        default=LONGEST_WAIT, ge=0, le=30, description="Seconds that a query waits for the position it asks for."
    )
    stop_seconds: float = Field(
        default=10, gt=0, le=300, description="Seconds in which a stopping process may finish its work."
    )

    @field_validator("host")
    @classmethod
    def _only_loopback(cls, host: str) -> str:
        """Reject other addresses, because callers' headers are trusted until sign-in exists."""
        if not is_loopback(host):
            raise ValueError(
                f"{host} is reachable from other machines. Callers' headers are trusted until sign-in exists, "
                "so a service listens on loopback only: use 127.0.0.1, ::1 or localhost."
            )
        return host

    @model_validator(mode="before")
    @classmethod
    def _own_database(cls, values: dict[str, object]) -> dict[str, object]:
        """Default to a SQLite file named after the service."""
        return (
            values if values.get("database_url") else {**values, "database_url": f"sqlite:///.crm/{cls.service()}.db"}
        )

    @classmethod
    def service(cls) -> str:
        """Return the service's name from the prefix of its variables: `CRM_SUPPORT_` gives `support`."""
        return str(cls.model_config.get("env_prefix", "")).removeprefix("CRM_").strip("_").lower() or "crm"


def is_loopback(host: str) -> bool:
    """Return True if only this machine can call this address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

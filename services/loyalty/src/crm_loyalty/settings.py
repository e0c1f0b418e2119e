"""Settings of loyalty; every variable begins with CRM_LOYALTY_."""

from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings all services share, under loyalty's own prefix."""

    model_config = SettingsConfigDict(env_prefix="CRM_LOYALTY_")

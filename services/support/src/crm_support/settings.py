"""Settings of support; every variable begins with CRM_SUPPORT_."""

from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings all services share, under support's own prefix."""

    model_config = SettingsConfigDict(env_prefix="CRM_SUPPORT_")

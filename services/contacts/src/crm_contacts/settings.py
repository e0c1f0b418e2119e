"""Settings of contacts; every variable begins with CRM_CONTACTS_."""

from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings all services share, under contacts' own prefix."""

    model_config = SettingsConfigDict(env_prefix="CRM_CONTACTS_")

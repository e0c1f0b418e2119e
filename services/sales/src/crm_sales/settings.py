"""What an operator can set for sales; every variable begins with CRM_SALES_."""

from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings all services share, under sales' own prefix."""

    model_config = SettingsConfigDict(env_prefix="CRM_SALES_")

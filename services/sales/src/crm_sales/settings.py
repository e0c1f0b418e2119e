"""Settings of sales; every variable begins with CRM_SALES_."""

from pydantic_settings import SettingsConfigDict

from crm_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings that all services share, under the prefix of sales."""

    model_config = SettingsConfigDict(env_prefix="CRM_SALES_")

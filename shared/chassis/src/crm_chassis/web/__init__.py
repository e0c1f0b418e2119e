"""The web application every service shares: commands, read models, problem details, health and metrics."""

from crm_chassis.web.app import create_app
from crm_chassis.web.commands import command_router
from crm_chassis.web.context import Context
from crm_chassis.web.language import ReaderLanguage
from crm_chassis.web.pagination import Page, Paged, Paging, cursor_of
from crm_chassis.web.queries import ReadConnection

__all__ = [
    "Context",
    "Page",
    "Paged",
    "Paging",
    "ReadConnection",
    "ReaderLanguage",
    "command_router",
    "create_app",
    "cursor_of",
]

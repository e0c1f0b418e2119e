"""The web face every service shares: commands in, read models out, problem details, health and metrics."""

from crm_chassis.web.app import create_app
from crm_chassis.web.circumstances import Said
from crm_chassis.web.commands import command_router
from crm_chassis.web.language import Language, Tongue
from crm_chassis.web.pagination import Page, Paged, Paging, cursor_of
from crm_chassis.web.reading import Reading

__all__ = [
    "Language",
    "Page",
    "Paged",
    "Paging",
    "Reading",
    "Said",
    "Tongue",
    "command_router",
    "create_app",
    "cursor_of",
]

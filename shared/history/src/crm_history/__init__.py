"""The closed-loop customer history that every service keeps in its own database: one read model, one router."""

from crm_history.digest import Positions, digest, positions
from crm_history.front_desk import Concern, State, front_desk
from crm_history.kinds import KINDS
from crm_history.read_model import READ_MODEL, project
from crm_history.router import history_router
from crm_history.sentences import Language, Narrator, sentence
from crm_history.timeline import AsOf, Slice, Wanted, page

__all__ = [
    "KINDS",
    "READ_MODEL",
    "AsOf",
    "Concern",
    "Language",
    "Narrator",
    "Positions",
    "Slice",
    "State",
    "Wanted",
    "digest",
    "front_desk",
    "history_router",
    "page",
    "positions",
    "project",
    "sentence",
]

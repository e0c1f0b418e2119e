"""Names of units and campaigns as the history has heard them, looked up once for a page of sentences."""

from sqlalchemy import Connection, select

from crm_events.sentences.names import Names
from crm_history.tables import history_names
from crm_kernel import LocalizedText


class HistoryNames(Names):
    """Names that the history keeps; a code that was never introduced stands for itself."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._known: dict[tuple[str, str], LocalizedText | None] = {}

    def look_up(self, noun: str, code: str) -> LocalizedText | None:
        """Return the newest name that was heard."""
        key = (noun, code)
        if key not in self._known:
            self._known[key] = self._heard(noun, code)
        return self._known[key]

    def _heard(self, noun: str, code: str) -> LocalizedText | None:
        row = history_names.c
        found = self._db.execute(select(row.en, row.zh).where(row.noun == noun, row.code == code)).one_or_none()
        return LocalizedText(found.en, found.zh) if found else None

"""What units and campaigns are called, looked up once for a page of sentences."""

from sqlalchemy import Connection, select

from crm_eventlog.aggregate import LocalizedText
from crm_history.tables import history_names


class Names:
    """Names as the history has heard them; a code that was never introduced stands for itself."""

    def __init__(self, db: Connection | None = None) -> None:
        self._db = db
        self._known: dict[tuple[str, str], LocalizedText | None] = {}

    def unit(self, code: str) -> LocalizedText:
        """A store or office by its name, or by its code."""
        return self._of("unit", code) or LocalizedText(code, code)

    def campaign(self, code: str) -> LocalizedText:
        """A campaign by its name and code."""
        name = self._of("campaign", code)
        return LocalizedText(f"{name.en} ({code})", f"{name.zh}（{code}）") if name else LocalizedText(code, code)

    def _of(self, noun: str, code: str) -> LocalizedText | None:
        key = (noun, code)
        if key not in self._known:
            self._known[key] = self._look_up(noun, code)
        return self._known[key]

    def _look_up(self, noun: str, code: str) -> LocalizedText | None:
        if self._db is None:
            return None
        row = history_names.c
        found = self._db.execute(select(row.en, row.zh).where(row.noun == noun, row.code == code)).one_or_none()
        return LocalizedText(found.en, found.zh) if found else None

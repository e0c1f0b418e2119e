"""What units and campaigns are called, looked up once for a page of sentences."""

from sqlalchemy import Connection, select

from crm_eventlog.aggregate import Text
from crm_history.tables import history_names


class Names:
    """Names as the history has heard them; a code that was never introduced stands for itself."""

    def __init__(self, db: Connection | None = None) -> None:
        self._db = db
        self._known: dict[tuple[str, str], Text | None] = {}

    def unit(self, code: str) -> Text:
        """A store or office by its name, or by its code."""
        return self._of("unit", code) or Text(code, code)

    def campaign(self, code: str) -> Text:
        """A campaign by its name and code."""
        name = self._of("campaign", code)
        return Text(f"{name.en} ({code})", f"{name.zh}（{code}）") if name else Text(code, code)

    def _of(self, noun: str, code: str) -> Text | None:
        key = (noun, code)
        if key not in self._known:
            self._known[key] = self._look_up(noun, code)
        return self._known[key]

    def _look_up(self, noun: str, code: str) -> Text | None:
        if self._db is None:
            return None
        row = history_names.c
        found = self._db.execute(select(row.en, row.zh).where(row.noun == noun, row.code == code)).one_or_none()
        return Text(found.en, found.zh) if found else None

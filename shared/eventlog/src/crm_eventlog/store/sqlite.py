"""The store on SQLite: one writer at a time, with the lock taken at BEGIN."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from crm_eventlog.store.chain import Draft, StoredFact, link
from crm_eventlog.store.event_store import Conflict, EventStore, StoredResult
from crm_eventlog.tables import commands, counters, events

_MOVE_HEAD = (
    update(counters)
    .where(counters.c.part == bindparam("of_part"))
    .values(n=bindparam("to_n"), head=bindparam("to_head"))
)


class SqliteStore(EventStore):
    """The embedded store: durable, in one file, with nothing to install."""

    def _append(self, drafts: Sequence[Draft], result: StoredResult, answered: int) -> list[int]:
        try:
            with self.engine.begin() as db:
                touched = {draft.part for draft in drafts}
                heads = {part: (n, head) for part, n, head in db.execute(select(counters)) if part in touched}
                rows = []
                for draft in drafts:
                    n, head = heads[draft.part]
                    rows.append(StoredFact(*draft, n + 1, head, link(head, n + 1, draft.digest())))
                    heads[draft.part] = (n + 1, rows[-1].hash)
                db.execute(events.insert(), [row._asdict() for row in rows])
                moved = [{"of_part": part, "to_n": n, "to_head": head} for part, (n, head) in heads.items()]
                db.execute(_MOVE_HEAD, moved)
                position = f"{rows[answered].part}:{rows[answered].pos}"
                db.execute(commands.insert().values(result._replace(position=position)._asdict()))
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        return [row.pos for row in rows]

"""An attacker with all rights on a store, who rechains it so that it is consistent in itself."""

from sqlalchemy import delete, insert, select, update

from crm_eventlog.store import GENESIS, EventStore, StoredFact, link
from crm_eventlog.tables import counters, events


def chain_anew(store: EventStore) -> None:
    """Renumber, rechain and recount every fact as if the present facts were all."""
    with store.engine.begin() as db:
        rows = db.execute(select(*(events.c[name] for name in StoredFact._fields))).all()
        facts = sorted((StoredFact(*row) for row in rows), key=lambda fact: (fact.part, fact.pos))
        db.execute(delete(events))
        for part in db.scalars(select(counters.c.part)).all():
            n, head = 0, GENESIS
            for fact in (fact for fact in facts if fact.part == part):
                n, before = n + 1, head
                head = link(before, n, fact.draft.digest())
                db.execute(insert(events).values(fact._replace(pos=n, prev_hash=before, hash=head)._asdict()))
            db.execute(update(counters).where(counters.c.part == part).values(n=n, head=head))

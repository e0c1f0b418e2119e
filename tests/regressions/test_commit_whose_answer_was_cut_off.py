"""A connection that is cut after the commit makes the library report a conflict; we compare and report success."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError
from sqlalchemy.engine import make_url

from crm_eventlog.store import open_engine, open_store
from shared.eventlog.tests.support.notes import PARTITIONS, Notes, WriteNote, context
from tests.regressions.library import an_event, stock_recorder

CHEN = UUID(int=7)


class Wire:
    """A wire to the database: told to, it is cut when the answer to a statement with these bytes comes back."""

    def __init__(self, host: str, port: int) -> None:
        self._database = (host, port)
        self._entrance = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._entrance.getsockname()[1]
        self.cut_after: bytes | None = None
        self.cuts = 0
        self._sent = threading.Event()

    def lay(self) -> None:
        """Connect everybody who comes, until the entrance is closed."""
        with suppress(OSError):
            while True:
                inside, _ = self._entrance.accept()
                outside = socket.create_connection(self._database)
                for way in (self._there, self._back):
                    threading.Thread(target=way, args=(inside, outside), daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._entrance.shutdown(socket.SHUT_RDWR)
        self._entrance.close()

    def _there(self, inside: socket.socket, outside: socket.socket) -> None:
        with suppress(OSError):
            while received := inside.recv(65_536):
                if self.cut_after is not None and self.cut_after in received:
                    self._sent.set()
                outside.sendall(received)
            outside.shutdown(socket.SHUT_WR)

    def _back(self, inside: socket.socket, outside: socket.socket) -> None:
        with suppress(OSError):
            while answer := outside.recv(65_536):
                if self._sent.is_set():
                    # The server answers a COMMIT when it is done: the answer is lost, what was committed is not.
                    self._sent.clear()
                    self.cut_after, self.cuts = None, self.cuts + 1
                    break
                inside.sendall(answer)
        for end in (inside, outside):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def wire_to(url: str) -> Iterator[tuple[Wire, str]]:
    """Open a wire, and return it with the address of its other end as the database's."""
    at = make_url(url)
    wire = Wire(str(at.host), at.port or 5432)
    threading.Thread(target=wire.lay, daemon=True).start()
    yield wire, at.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
    wire.close()


def test_the_librarys_recorder_calls_its_own_commit_a_conflict(postgres: str) -> None:
    with wire_to(postgres) as (wire, address), stock_recorder(address) as recorder:
        wire.cut_after = b"COMMIT"

        with pytest.raises(IntegrityError):
            recorder.insert_events([an_event()])

        assert wire.cuts == 1
        assert len(recorder.select_notifications(1, 10)) == 1


def test_a_command_whose_answer_was_cut_off_is_reported_as_done_once(notes_on_postgres: Notes, postgres: str) -> None:
    with wire_to(postgres) as (wire, address):
        engine = open_engine(address)
        notes = Notes(open_store(engine, source="notes", partitions=PARTITIONS))
        command = WriteNote(customer_id=CHEN, text="asks")
        # Only the statement itself carries the id; what prepares it does not.
        wire.cut_after = b"the cut one"

        done = notes.execute(command, context("the cut one"))

        assert wire.cuts == 1
        assert done.repeated
        assert done == notes.execute(command, context("the cut one"))
        assert sum(n for n, _ in notes_on_postgres.store.heads().values()) == 1
        engine.dispose()

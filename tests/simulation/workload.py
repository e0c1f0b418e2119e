"""The commands and incidents of one run: drawn once from the seed, and shortened with the trace."""

from random import Random
from typing import NamedTuple
from uuid import UUID

from tests.simulation.service import NOTES, REPLIES, UNANSWERABLE, UNREADABLE, UNSHOWABLE

CLIENTS = ("Li", "Wang", "Zhou")
# Two of the same partition and one of the other.
CUSTOMERS = (UUID(int=1), UUID(int=2), UUID(int=4))
CLOCKED = ("Li", "Wang", "projector 1", "projector 2", "reactor 1", "reactor 2")
_TEXTS = ("calls", "asks", "thanks", UNSHOWABLE, UNREADABLE, UNANSWERABLE)
_COMMON = (8, 8, 8, 2, 2, 1)


# Who need not be there: a second relay, a second projector, the service that replies, its second reactor.
OPTIONAL = {"relay 2": 0.7, "projector 2": 0.6, REPLIES: 0.4, "reactor 2": 0.6}


class Plays(NamedTuple):
    """Somebody who need not be there is there."""

    actor: str

    def __str__(self) -> str:
        return f"{self.actor} plays"


class Ask(NamedTuple):
    """A client gives a command: `verb` is write, edit or close; `note` is the key of the command that wrote it.

    The client `rests` so many turns after it, or gives its next command at once.
    """

    client: str
    key: str
    verb: str
    customer: UUID
    note: str
    text: str
    rests: int = 0

    def __str__(self) -> str:
        about = f"customer {self.customer.int}, who {self.text}" if self.verb == "write" else self.note
        return f"{self.client} asks {self.key}: {self.verb} a note about {about}"


class Incident(NamedTuple):
    """Something from outside in the n-th turn: garbage, redrive or mend; `about` is the topic or the service."""

    turn: int
    what: str
    about: str
    customer: UUID

    def __str__(self) -> str:
        return f"turn {self.turn}: {self.what} ({self.about}, customer {self.customer.int})"


class Skew(NamedTuple):
    """The clock of one process goes wrong by so many minutes."""

    actor: str
    minutes: int

    def __str__(self) -> str:
        return f"the clock of {self.actor} is {self.minutes:+d} minutes off"


Happening = Plays | Ask | Incident | Skew


def draw(random: Random) -> list[Happening]:
    """Draw some commands of several clients, some incidents, some clocks."""
    asks = _asks(random, random.randint(2, 7))
    cast = [Plays(actor) for actor, often in OPTIONAL.items() if random.random() < often]
    skews = [Skew(actor, random.choice((-90, -5, 5, 90))) for actor in CLOCKED if random.random() < 0.2]
    return [*cast, *asks, *_incidents(random), *skews]


def _asks(random: Random, many: int) -> list[Ask]:
    asks: list[Ask] = []
    for number in range(1, many + 1):
        client, key, rests = random.choice(CLIENTS), f"command {number}", random.choice((0, 0, 1, 6))
        written = [ask for ask in asks if ask.verb == "write"]
        if written and random.random() < 0.5:
            of = random.choice(written)
            verb = random.choice(("edit", "close"))
            asks.append(Ask(client, key, verb, of.customer, of.key, key, rests))
        else:
            text = random.choices(_TEXTS, _COMMON)[0]
            asks.append(Ask(client, key, "write", random.choice(CUSTOMERS), key, text, rests))
    return asks


def _incidents(random: Random) -> list[Incident]:
    """Draw code that is mended at last, redriving before and after that, now and then a stranger's garbage."""
    found = [Incident(random.randint(2, 40), "mend", "everywhere", CUSTOMERS[0])]
    for name in (NOTES, REPLIES):
        turns = [random.randint(1, 40) for _ in range(random.randint(0, 2))]
        found += [Incident(turn, "redrive", name, CUSTOMERS[0]) for turn in turns]
    if random.random() < 0.2:
        about = random.choice((NOTES, REPLIES))
        found.append(Incident(random.randint(1, 20), "garbage", about, random.choice(CUSTOMERS)))
    return found

"""Faults of the servers and of the network: the database, the brokers, the disk, what lies between."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from crm_eventlog.tables import relay_checkpoints
from crm_local import LocalKafka
from tests.faults.scene import Fault, Scene
from tests.faults.servers import no_small_disk

_CHUNK = b"\0" * 65_536


def restart_database(scene: Scene) -> None:
    postgres = scene.servers.postgres
    ways: tuple[Callable[[], None], ...] = (postgres.stop, postgres.stop_immediately, postgres.kill)
    scene.variant(*ways)()
    scene.lasts(scene.random.uniform(0.2, 2.0))
    scene.servers.start_database()


def brokers_of(scene: Scene) -> LocalKafka:
    """Return the brokers, to which something may be done."""
    assert scene.servers.kafka is not None
    return scene.servers.kafka


def broker_down(scene: Scene) -> None:
    kafka, number = brokers_of(scene), scene.variant(1, 2, 3)
    kafka.kill(number)
    scene.answers(30)
    scene.relayed(30)
    kafka.restart(number)


def rolling_restart(scene: Scene) -> None:
    kafka = brokers_of(scene)
    for broker in kafka.brokers:
        kafka.stop_one(broker.number)
        scene.answers(10)
        kafka.restart(broker.number)
        # The next goes only when this one has taken its copies up again: the relay got on.
        scene.relayed(10)


def in_doubt(scene: Scene) -> None:
    scene.variant(_acknowledgement_lost, _dead_before_it_heard, _checkpoint_refused)(scene)


def _unheard(scene: Scene) -> None:
    """Let records arrive at the brokers while nobody hears that they did."""
    kafka, topic = brokers_of(scene), scene.stage.runtime.service.topic
    # Between two sends: whatever arrives from now on was sent after the answers were lost.
    with scene.stage.held(relay_checkpoints):
        before = kafka.bytes_kept(topic)
        for door in scene.servers.doors:
            door.answers_lost = True
    scene.stage.until(lambda: kafka.bytes_kept(topic) > before, "records that arrive unheard")


def _acknowledgement_lost(scene: Scene) -> None:
    for _ in range(3):
        scene.a_while(5, 15)
        _unheard(scene)
        for door in scene.servers.doors:
            door.heal()
        scene.relayed()


def _dead_before_it_heard(scene: Scene) -> None:
    scene.a_while(5, 15)
    _unheard(scene)
    scene.cast["relay"].kill()
    for door in scene.servers.doors:
        door.heal()
    scene.enter("relay")


def _checkpoint_refused(scene: Scene) -> None:
    for _ in range(3):
        scene.a_while(5, 15)
        with scene.stage.held(relay_checkpoints):
            scene.stage.end_sessions_of(scene.cast["relay"])
        scene.relayed()


def latency(scene: Scene) -> None:
    for door in scene.servers.all_doors:
        door.delay = scene.random.uniform(0.01, 0.03 if door is scene.servers.database_door else 0.25)
    scene.answers(20)
    scene.lasts(scene.random.uniform(2.0, 5.0))
    for door in scene.servers.all_doors:
        door.heal()


def cut_network(scene: Scene) -> None:
    for _ in range(3):
        scene.a_while(5, 15)
        door = scene.random.choice(scene.servers.all_doors)
        door.answers_lost = scene.random.random() < 0.5
        scene.lasts(scene.random.uniform(0.0, 2.0))
        door.heal()
        for each in scene.servers.all_doors:
            each.cut()


def disk_full(scene: Scene) -> None:
    """Fill the disk. Until there is room again, commands are refused and say so."""
    assert scene.small_disk is not None
    filler = scene.small_disk / "filler"
    before = sum(scene.customers.refusals.values())
    fill(filler)
    scene.stage.until(lambda: sum(scene.customers.refusals.values()) > before + 5, "commands that are refused")
    filler.unlink()
    statuses = {status for status, _ in scene.customers.refusals}
    scene.expect(507 in statuses, f"nobody was told that the disk is full: {sorted(statuses)}")


def fill(filler: Path) -> None:
    """Take all the room that there is on the disk."""
    with filler.open("wb", buffering=0) as file:
        for _ in count():
            try:
                file.write(_CHUNK)
            except OSError:
                return


OUTAGES = (
    Fault(
        "restart-database", "PostgreSQL stopped (fast, immediate, or kill -9), started", restart_database, outages=True
    ),
    Fault(
        "disk-full",
        "no room for the database's rows; then room",
        disk_full,
        outages=True,
        on_a_small_disk=True,
        impossible=no_small_disk,
    ),
    Fault("broker-down", "kill -9 of one of three brokers; restarted", broker_down, brokers=True),
    Fault("rolling-restart", "every broker stopped and started, one after the other", rolling_restart, brokers=True),
    Fault(
        "in-doubt-produce",
        "records arrive and nobody hears of it: answers lost, the relay killed, its checkpoint refused",
        in_doubt,
        brokers=True,
    ),
    Fault(
        "latency-spike",
        "10 to 30 ms to the database, up to 250 ms to each broker, in each direction; then none",
        latency,
        brokers=True,
    ),
    Fault(
        "cut-network",
        "connections to the database and the brokers half open and cut; then whole",
        cut_network,
        brokers=True,
        outages=True,
    ),
)

"""A real Apache Kafka 4.2 in KRaft mode on this machine: one broker, or several that replicate."""

import json
import secrets
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from signal import SIGTERM
from typing import Self

from crm_local.java import java, kafka_classpath
from crm_local.server import Server, ServerDidNotStart, free_ports, is_free, listens

HOST = "127.0.0.1"


def kafka_id() -> str:
    """Return a random id in Kafka's format, without a leading dash, which would be read as an option."""
    written = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    return kafka_id() if written.startswith("-") else written


@dataclass(frozen=True)
class Broker:
    """The place of one broker in the cluster, the same at every start."""

    number: int
    port: int
    controller_port: int
    directory_id: str
    # The port to which clients are sent instead of the broker's own, and the port for the other brokers then.
    front_port: int | None = None
    inner_port: int | None = None

    @property
    def address(self) -> str:
        return f"{HOST}:{self.front_port or self.port}"

    @property
    def ports(self) -> list[int]:
        return [port for port in (self.port, self.controller_port, self.inner_port) if port is not None]

    @property
    def controller(self) -> str:
        return f"{HOST}:{self.controller_port}"


class LocalKafka:
    """A Kafka with its data in `folder`. A second start on the same folder finds everything again.

    `with LocalKafka(folder) as kafka: kafka.address` returns the bootstrap servers. With `fronts`, a port for each
    broker, clients are sent there, and a proxy on them passes the traffic on. `stop_one`, `revive` and `bytes_kept`
    serve the fault tests.
    """

    def __init__(self, folder: Path, *, brokers: int = 1, heap: str = "512m", fronts: Sequence[int] = ()) -> None:
        self.folder = folder.resolve()
        self._heap = heap
        self.cluster_id, self.brokers = self._remembered() or (kafka_id(), new_brokers(brokers, fronts))
        self._servers = {each.number: Server(f"kafka-{each.number}", self.folder, SIGTERM) for each in self.brokers}

    @property
    def address(self) -> str:
        """Return the bootstrap servers."""
        return ",".join(broker.address for broker in self.brokers)

    def start(self, *, within: float = 120.0) -> Self:
        """Start every broker and return when all answer. Format the storage the first time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._memory.write_text(json.dumps({"cluster": self.cluster_id, "brokers": [asdict(b) for b in self.brokers]}))
        try:
            for broker in self.brokers:
                self._launch(broker)
            # Wait after all are launched, because the controllers need a majority to elect a leader.
            for broker in self.brokers:
                self._servers[broker.number].wait_until(partial(listens, broker.port), within=within)
        except ServerDidNotStart:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop every broker in order. The data stay."""
        with ThreadPoolExecutor(len(self.brokers)) as at_once:
            list(at_once.map(Server.stop, self._servers.values()))

    def kill(self, number: int) -> None:
        """Kill one broker with SIGKILL."""
        self._servers[number].kill()

    def stop_one(self, number: int) -> None:
        """Stop one broker in order, as before an upgrade. `restart` brings it back."""
        self._servers[number].stop()

    def revive(self, number: int, *, within: float = 120.0) -> None:
        """Start a broker unless it runs."""
        if self._servers[number].process is None:
            self.restart(number, within=within)

    def bytes_kept(self, topic: str) -> int:
        """Return the size of a topic's files on all brokers."""
        return sum(log.stat().st_size for log in self.folder.glob(f"data-*/{topic}-*/*.log"))

    def restart(self, number: int, *, within: float = 120.0) -> None:
        """Start one stopped or killed broker again on its own data."""
        broker = next(each for each in self.brokers if each.number == number)
        self._launch(broker)
        self._servers[number].wait_until(partial(listens, broker.port), within=within)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _memory(self) -> Path:
        return self.folder / "cluster.json"

    def _remembered(self) -> "tuple[str, tuple[Broker, ...]] | None":
        if not self._memory.exists():
            return None
        memory = json.loads(self._memory.read_text())
        return memory["cluster"], tuple(Broker(**each) for each in memory["brokers"])

    def _launch(self, broker: Broker) -> None:
        self._servers[broker.number].stop()
        for port in broker.ports:
            # Else another process's answer would pass for the broker's.
            if not is_free(port):
                raise ServerDidNotStart(f"The port {port} of broker {broker.number} is taken by another process")
        settings = self.folder / f"broker-{broker.number}.properties"
        settings.write_text(properties(broker, self.brokers, self._data(broker)))
        if not (self._data(broker) / "meta.properties").exists():
            self._format(broker, settings)
        heap = [f"-Xmx{self._heap}", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        self._servers[broker.number].launch(
            [str(java()), *heap, "-cp", kafka_classpath(), "kafka.Kafka", str(settings)]
        )

    def _data(self, broker: Broker) -> Path:
        return self.folder / f"data-{broker.number}"

    def _format(self, broker: Broker, settings: Path) -> None:
        voters = ",".join(f"{each.number}@{each.controller}:{each.directory_id}" for each in self.brokers)
        tool = [str(java()), "-XX:TieredStopAtLevel=1", "-cp", kafka_classpath(), "kafka.tools.StorageTool", "format"]
        storage = ["-t", self.cluster_id, "--initial-controllers", voters, "-c", str(settings)]
        done = subprocess.run([*tool, *storage], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerDidNotStart(
                f"The storage of broker {broker.number} was not formatted:\n{done.stdout}{done.stderr}"
            )


def new_brokers(count: int, fronts: Sequence[int] = ()) -> tuple[Broker, ...]:
    """Place brokers on free ports, each behind its front if there is one."""
    ports = iter(free_ports(3 * count))
    return tuple(
        Broker(
            number=n + 1,
            port=next(ports),
            controller_port=next(ports),
            directory_id=kafka_id(),
            front_port=fronts[n] if fronts else None,
            inner_port=next(ports) if fronts else None,
        )
        for n in range(count)
    )


def properties(broker: Broker, brokers: Sequence[Broker], data: Path) -> str:
    """Return the settings of one broker: loopback only, with internal topics on as many brokers as there are."""
    copies = len(brokers)
    in_sync = min(copies, 2)
    # Brokers bypass the front, so that faults of clients there do not affect replication.
    apart = broker.inner_port is not None
    inner = f",INNER://{HOST}:{broker.inner_port}" if apart else ""
    return f"""\
process.roles=broker,controller
node.id={broker.number}
controller.quorum.bootstrap.servers={",".join(each.controller for each in brokers)}
listeners=PLAINTEXT://{HOST}:{broker.port}{inner},CONTROLLER://{broker.controller}
advertised.listeners=PLAINTEXT://{broker.address}{inner}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name={"INNER" if apart else "PLAINTEXT"}
log.dirs={data}
default.replication.factor={copies}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={in_sync}
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=5000
broker.heartbeat.interval.ms=1000
auto.create.topics.enable=false
"""

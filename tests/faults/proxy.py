"""A network of ours: TCP proxies on loopback that delay, that pass on in one direction only, that cut."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
_CHUNK = 65_536
# A connection that is closed so is reset: what was under way is lost, and the other end hears of it.
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Proxy:
    """One door: what comes to `port` goes on to `target`, as slowly and as completely as it is told."""

    network: "Network"
    target: int = 0
    port: int = 0
    # Seconds that each chunk waits in each direction.
    delay: float = 0.0
    # What the server says is taken from it and given to nobody: the connection is half open.
    answers_lost: bool = False
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break every connection; who comes again is let in."""
        self.network.ask(self._cut())

    def heal(self) -> None:
        """Pass everything on at once; connections that lost something in between are broken."""
        if self.answers_lost:
            self.cut()
        self.delay, self.answers_lost = 0.0, False

    async def _cut(self) -> None:
        for writer in list(self.writers):
            # One that was closed meanwhile is cut already.
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            writer.transport.abort()

    async def let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak to the server for somebody who came, until one of the two has gone."""
        with self._known(writer), suppress(OSError):
            answers, server = await asyncio.open_connection(HOST, self.target)
            with self._known(server):
                ways = self._pass_on(reader, server, asked=True), self._pass_on(answers, writer, asked=False)
                passing = [asyncio.ensure_future(way) for way in ways]
                try:
                    await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for each in passing:
                        each.cancel()
                    await asyncio.gather(*passing, return_exceptions=True)

    @contextmanager
    def _known(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self.writers.add(writer)
        try:
            yield
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asked: bool) -> None:
        while chunk := await reader.read(_CHUNK):
            if self.delay:
                await _after(self.delay)
            if asked or not self.answers_lost:
                writer.write(chunk)
                await writer.drain()


class Network:
    """A thread in which all proxies pass on."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._doors: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)

    def ask(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Let the thread do something, and wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=30)

    def proxy(self, target: int = 0) -> Proxy:
        """Open a new door, to a server that is there or will be."""
        made = Proxy(self, target)
        made.port = self.ask(self._open(made))
        return made

    async def _open(self, proxy: Proxy) -> int:
        self._doors.append(await asyncio.start_server(proxy.let_in, sock=socket.create_server((HOST, 0))))
        return int(self._doors[-1].sockets[0].getsockname()[1])

    async def _close(self) -> None:
        for door in self._doors:
            door.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __enter__(self) -> "Network":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _after(seconds: float) -> None:
    later = asyncio.get_running_loop().create_future()
    handle = asyncio.get_running_loop().call_later(seconds, later.set_result, None)
    try:
        await later
    finally:
        handle.cancel()

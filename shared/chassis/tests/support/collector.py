"""A collector of traces as operators run it: OTLP over HTTP, with the protobuf decoded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PATIENCE = 60.0


@dataclass(frozen=True)
class Seen:
    """A span that the collector received."""

    service: str
    name: str
    kind: str
    trace: str
    links: frozenset[str]
    attributes: dict[str, str]


@dataclass
class Collector:
    """The received spans, and the address of the collector."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)
    raw: bytes = b""
    _arrived: Condition = field(default_factory=Condition)

    def take(self, body: bytes) -> None:
        """Take one request of an exporter."""
        request = ExportTraceServiceRequest.FromString(body)
        with self._arrived:
            self.raw += body
            for resource in request.resource_spans:
                [service] = [each.value.string_value for each in resource.resource.attributes if each.key == NAME]
                self.spans += [_seen(service, span) for scope in resource.scope_spans for span in scope.spans]
            self._arrived.notify_all()

    def wait_for(self, wanted: Callable[[Seen], bool]) -> Seen:
        """Wait for the first span like this and return it."""
        with self._arrived:
            found = self._arrived.wait_for(lambda: next(filter(wanted, self.spans), None), PATIENCE)
        assert found is not None, self.spans
        return found


NAME = "service.name"


def _seen(service: str, span: Span) -> Seen:
    attributes = {each.key: each.value.string_value or str(each.value.int_value) for each in span.attributes}
    links = frozenset(link.trace_id.hex() for link in span.links)
    kind = Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_")
    return Seen(service, span.name, kind, span.trace_id.hex(), links, attributes)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector on a free port of this machine."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield collector
        server.shutdown()
        thread.join()

"""What librdkafka says while it tries to connect.

It is the only place that tells why a connection failed: the requests themselves just time out. Nothing of it goes
to stderr.
"""

import logging
import re

from mqinfra.model.frozen import dataclass

_FAIL = re.compile(
    r"^(?:FAIL )?(?:\[[^\]]*\] )*(?:\[thrd:[^\]]*\]: )?(?:[a-z_]+://)?(?P<address>[^/\s]+)/\S+: (?P<reason>.*?)"
    r"(?: \(after \d+ms in state (?P<state>\w+)[^)]*\))?$",
    re.DOTALL,
)
_MAX_ENTRIES = 500
_SAID_BY_THE_LOG = ("brokers are down", "/bootstrap: ", "Failed while waiting for")


@dataclass(frozen=True, slots=True)
class FailedTry:
    """One try that failed.

    Attributes:
        address: `host:port` that was tried.
        reason: librdkafka's words.
        state: how far the connection had come: `CONNECT`, `SSL_HANDSHAKE`, `APIVERSION_QUERY`, `AUTH_REQ`, `UP`.
    """

    address: str
    reason: str
    state: str


class ConnectionLog(logging.Handler):
    """Collects failures from librdkafka's log and error callback, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._failures: list[FailedTry] = []
        self._other: list[str] = []
        self._before = 0
        self.logger = logging.Logger("mqinfra.kafka")  # noqa: LOG001 - private, so no handler of others sees it
        self.logger.addHandler(self)

    @property
    def failures(self) -> tuple[FailedTry, ...]:
        """The tries that failed, oldest first."""
        return tuple(self._failures)

    def reached(self) -> None:
        """Note that the cluster was reached."""
        self._before = len(self._failures)

    @property
    def since(self) -> tuple[FailedTry, ...]:
        """The tries that failed since then."""
        return tuple(self._failures[self._before :])

    @property
    def other(self) -> tuple[str, ...]:
        """Errors that are about no connection, such as a token that could not be had."""
        return tuple(self._other)

    def on_error(self, error: object) -> None:
        """Take what librdkafka's error callback says, a KafkaError; the log says the same of connections, and more."""
        say = getattr(error, "str", None)
        text = str(say()) if say is not None else str(error)
        if not any(word in text for word in _SAID_BY_THE_LOG):
            self._other = [*self._other[-_MAX_ENTRIES:], text]

    def emit(self, record: logging.LogRecord) -> None:
        """Take a log line."""
        text = record.getMessage()
        if text.startswith("FAIL "):
            self.note(text)
        elif record.levelno >= logging.ERROR:
            self.on_error(text)

    def note(self, text: str) -> None:
        """Take a line about a connection; repeats of the last one count too."""
        match = _FAIL.match(text)
        if match is not None and len(self._failures) < _MAX_ENTRIES:
            self._failures.append(FailedTry(match["address"], match["reason"], match["state"] or ""))

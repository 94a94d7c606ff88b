"""A Redis that says what a test wants it to say."""

import socket
from collections.abc import Callable, Mapping

from tests.loopback import Loopback

Answer = bytes | Callable[[tuple[str, ...]], bytes]

MASTER = "role:master\r\nredis_version:7.0.15\r\nconnected_slaves:0\r\n"
OK = b"+OK\r\n"


def bulk(text: str) -> bytes:
    data = text.encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)


def texts(*some: str) -> bytes:
    return b"*%d\r\n%b" % (len(some), b"".join(map(bulk, some)))


class FakeRedis(Loopback):
    """Answers by the first words of a command; what it knows nothing of gets an error.

    Attributes:
        heard: every command, in order.
        answers: what it says to which commands, the longest match first.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.heard: list[tuple[str, ...]] = []
        self.answers: dict[str, Answer] = {
            "AUTH": OK,
            "INFO": bulk(MASTER),
            "ACL WHOAMI": bulk("deployer"),
            "CONFIG GET": texts("aclfile", ""),
            **(answers or {}),
        }
        super().__init__(self._talk_redis)

    def _talk_redis(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while head := stream.readline():
                words = []
                for _ in range(int(head[1:])):
                    size = int(stream.readline()[1:])
                    words.append(stream.read(size + 2)[:-2].decode("utf-8", "surrogateescape"))
                self.heard.append(tuple(words))
                connection.sendall(self._answer(tuple(words)))

    def _answer(self, words: tuple[str, ...]) -> bytes:
        asked = " ".join(words)
        for start in sorted(self.answers, key=len, reverse=True):
            if asked.startswith(start):
                answer = self.answers[start]
                return answer if isinstance(answer, bytes) else answer(words)
        return b"-ERR unknown command\r\n"

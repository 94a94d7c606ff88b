"""A Kafka broker that speaks just enough to be asked who is in the cluster, in the oldest versions of its protocol.

It has a cluster id, because librdkafka 2.16 ends the process over a description of a cluster without one.
"""

import socket
import struct
from collections.abc import Sequence

from tests.loopback import Loopback

_METADATA, _VERSIONS, _HANDSHAKE, _AUTHENTICATE = 3, 18, 17, 36
_SPOKEN = ((_METADATA, 0, 2), (_VERSIONS, 0, 0), (_HANDSHAKE, 0, 1), (_AUTHENTICATE, 0, 0))
_UNSUPPORTED = 35


def string(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">h", len(data)) + data


class FakeKafka(Loopback):
    """Lets anybody in, and names brokers.

    Attributes:
        brokers: `host:port` of each that it names besides itself.
        heard: numbers of the APIs that were called, in order.
        logins: what came as SASL PLAIN.
    """

    def __init__(self, brokers: Sequence[str] = ()) -> None:
        self.brokers = brokers
        self.heard: list[int] = []
        self.logins: list[bytes] = []
        super().__init__(self._talk_kafka)

    def _talk_kafka(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while len(head := stream.read(4)) == 4:
                request = stream.read(struct.unpack(">i", head)[0])
                key, version, correlation = struct.unpack_from(">hhi", request)
                self.heard.append(key)
                answer = struct.pack(">i", correlation) + self._answer(key, version, request)
                connection.sendall(struct.pack(">i", len(answer)) + answer)

    def _answer(self, key: int, version: int, request: bytes) -> bytes:
        if key == _VERSIONS:
            error = _UNSUPPORTED if version else 0
            spoken = b"".join(struct.pack(">hhh", *some) for some in _SPOKEN)
            return struct.pack(">hi", error, len(_SPOKEN)) + spoken
        if key == _HANDSHAKE:
            return struct.pack(">hi", 0, 1) + string("PLAIN")
        if key == _AUTHENTICATE:
            self.logins.append(request)
            return struct.pack(">hhi", 0, -1, 0)
        named = [self.address, *self.brokers]
        known = b""
        for address in named:
            host, _, port = address.rpartition(":")
            known += struct.pack(">i", int(port)) + string(host) + struct.pack(">i", int(port))
            known += struct.pack(">h", -1) if version else b""
        cluster = string("fake") if version > 1 else b""
        controller = struct.pack(">i", self.port) if version else b""
        return struct.pack(">i", len(named)) + known + cluster + controller + struct.pack(">i", 0)

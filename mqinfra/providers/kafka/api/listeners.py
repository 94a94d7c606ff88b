"""Listeners of a broker, out of its settings."""

from collections.abc import Mapping, Sequence

from mqinfra.model.frozen import dataclass

_PLAIN = frozenset({"PLAINTEXT", "SASL_PLAINTEXT"})


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that a broker tells clients to come to.

    Attributes:
        text: `NAME://host:port`, as the broker writes it.
        encrypted: whether TLS is spoken there.
    """

    text: str
    encrypted: bool


def listeners_of(settings: Mapping[str, str]) -> Sequence[Listener]:
    """The advertised listeners, without those of controllers."""
    protocols = dict(_pair(part, ":") for part in _parts(settings.get("listener.security.protocol.map", "")))
    controllers = set(_parts(settings.get("controller.listener.names", "")))
    listed = _parts(settings.get("advertised.listeners", "")) or _parts(settings.get("listeners", ""))
    named = [(_pair(text, "://")[0].upper(), text) for text in listed]
    return [
        Listener(text, protocols.get(name, name) not in _PLAIN)
        for name, text in named
        if name not in {one.upper() for one in controllers}
    ]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pair(text: str, sign: str) -> tuple[str, str]:
    name, _, rest = text.partition(sign)
    return name, rest

"""What parameters and global parameters share: a value that is written whole, and secrets that are put into it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts, Live
from mqinfra.model.secret import SecretResolver
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import SecretHolder
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading
from mqinfra.providers.base.request import Refused, Request, Result
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result
from mqinfra.providers.rabbitmq.io.list_all import Found, list_all
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.io.sending import written_whole
from mqinfra.providers.rabbitmq.settings.credentials import Parted, is_credential, looked_up, part, texts_of, without
from mqinfra.providers.rabbitmq.settings.typed import same_json

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

Body = Mapping[str, JsonValue]


class ValuedKind(Kind["RabbitClient"], SecretHolder):
    """Resources that are a value.

    Attributes:
        put: the call that writes one.
        delete: the call that takes one away.
        listed: path of the list of all.
    """

    broker = "rabbitmq"
    overwrites = True
    holding = Holding.SETTINGS
    put: ClassVar[str]
    delete: ClassVar[str]
    listed: ClassVar[str]

    @abstractmethod
    def segments(self, address: Address) -> tuple[str, ...]:
        """Path of one resource in the management API."""

    @abstractmethod
    def path_of(self, row: Row) -> tuple[str, ...] | None:
        """The names of a listed resource; None for one that is not of this kind."""

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Values are the same by type too: the server keeps `1` and `1.0` apart."""
        return same_json(one, other) if path[0] == "value" else super().same(path, one, other)

    @override
    def holds_secret(self, live: Live, path: Path, wanted: JsonValue, secrets: SecretResolver) -> bool | None:
        """Compare with what the server shows in clear, which is nowhere else but in `private`."""
        if not isinstance(live.private, Mapping) or len(path) != 2:
            return None
        held = live.private.get(path[1])
        if wanted is None or held is None:
            return wanted is None and held is None
        return looked_up(wanted, secrets) == texts_of(held)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """The whole value, with references beside it in place of secrets."""
        return written_whole(self.name, self.put, self.delete, changes, lambda change: _body(change.after or {}))

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Any:
        """Written whole."""
        return None if change.after is None else change.wanted(self.spec)

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all of them with one list."""
        return list_all(client, wanted, (self.listed,), lambda rows: self._found(rows, context.alias))

    def _found(self, rows: list[Row], alias: str) -> Found:
        for row in rows:
            path = self.path_of(row)
            if path is not None:
                parted = part(row.get("value"), path)
                yield Address(alias, self.name, path), parted.why_not or self._live(parted)

    def _live(self, parted: Parted) -> Live:
        said: dict[str, Any] = {"value": parted.shown}
        if parted.references:
            said["secrets"] = dict(parted.references)
        return Live(self.spec.model_construct(set(said), **said), private=parted.private)

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Put secrets into values and send them; what the server says of a value is cleared of them.

        Raises:
            UserError: a reference leads nowhere; nothing was sent then.
        """
        results: dict[Address, Result] = {}
        calls: dict[Address, Call] = {}
        hidden: dict[Address, list[str]] = {}
        for address, body in request.body.items():
            if request.api != self.put:
                calls[address] = Call("DELETE", self.segments(address))
                continue
            found = _with_secrets(body, context.secrets)
            if isinstance(found, Refused):
                results[address] = found
                continue
            value, hidden[address] = found
            calls[address] = Call("PUT", self.segments(address), body={"value": value})
        for address, answer in zip(calls, client.send(list(calls.values())), strict=True):
            result = to_result(answer)
            if isinstance(answer, RabbitFault) and isinstance(result, Refused):
                said = without(result.message, hidden.get(address, ()), _keys(request.body[address]))
                result = Refused(said, result.help, retry=result.retry)
            results[address] = result
        return results


def _body(after: Body) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {"value": after.get("value", {})}
    if after.get("secrets"):
        body["secrets"] = after["secrets"]
    return body


def _keys(body: Body) -> set[str]:
    return {key for part_ in body.values() if isinstance(part_, dict) for key in part_}


def _with_secrets(body: Body, secrets: SecretResolver) -> tuple[JsonValue, list[str]] | Refused:
    """The whole value, and the texts in it that no message may repeat."""
    value, references = body.get("value"), body.get("secrets")
    if not isinstance(references, dict) or not isinstance(value, dict):
        return value, []
    whole, hidden = dict(value), []
    for key, wanted in references.items():
        texts = looked_up(wanted, secrets)
        sent: JsonValue = [*texts] if isinstance(wanted, list) else texts[0]
        if not is_credential(key, sent):
            # It would be read back as a plain value, and differ for ever from a manifest that calls it a secret.
            message = f"the secret referenced for `{key}` contains no password"
            return Refused(message, (f"write it under `value`, as `{key}`, or correct the secret",))
        whole[key] = sent
        hidden += texts
    return whole, hidden

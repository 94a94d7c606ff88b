"""`validate --payload NAME=FILE`: sample messages held against what the manifests say of messages."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import suggestion
from mqinfra.model.span import Span
from mqinfra.providers.base.capabilities import Sampled
from mqinfra.providers.base.catalogue import Catalogue

PAYLOAD = Code(
    "MQ124",
    "a sample message does not fit",
    "`validate --payload NAME=FILE` holds the message in a file against the declared resource of that name, such as "
    "the subject of a schema. The message is JSON: of Avro in its JSON encoding (bytes are text, and the branch of a "
    "union may be named), of Protobuf in its JSON mapping, as the first message of the schema. In a file that ends in "
    "`.jsonl` each line is a message.\n\nCorrect the message, or the schema.",
    bad='mqinfra validate --payload orders-value=sample.json      # {"id": "seven"}\n',
    good='mqinfra validate --payload orders-value=sample.json      # {"id": 7}\n',
)
_LINES = ".jsonl"


class Payload(click.ParamType[tuple[str, Path]]):
    """A name and the file with a message of it, `orders-value=sample.json`."""

    name = "name=file"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Path]:
        """Read name and path.

        Raises:
            click.BadParameter: it has no `=`, or there is no such file.
        """
        if isinstance(value, tuple):
            return value
        name, sign, path = str(value).rpartition("=")
        if not sign or not name:
            self.fail(f"must be NAME=FILE, got `{value}`", param, ctx)
        if not Path(path).is_file():
            self.fail(f"`{path}` is not a file", param, ctx)
        return name, Path(path)


def check_payloads(payloads: Sequence[tuple[str, Path]], desired: Desired, catalogue: Catalogue) -> list[Diagnostic]:
    """Hold messages against the declared resources of their names."""
    sampled: dict[Address, Sampled] = {}
    for address in desired.declarations:
        kind: object = catalogue.kind(desired.clusters.get(address.cluster, ""), address.kind)
        if isinstance(kind, Sampled):
            sampled[address] = kind
    return [found for name, path in payloads for found in _of_file(name, path, desired, sampled)]


def _of_file(name: str, path: Path, desired: Desired, sampled: Mapping[Address, Sampled]) -> Iterator[Diagnostic]:
    addresses = [address for address in sampled if name in (address.name, str(address))]
    if not addresses:
        close = suggestion(name, [address.name for address in sampled])
        message = f"`{name}` is not declared, or is nothing that messages could be held against"
        yield PAYLOAD.at(message, help=(close,))
        return
    specs = {address: item.spec for address, item in desired.declarations.items()}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        yield PAYLOAD.at(f"`{path}` can't be read: {why}")
        return
    messages = text.splitlines() if path.suffix == _LINES else [text]
    for address in addresses:
        for number, message in enumerate(messages, start=1):
            problem = sampled[address].sample_problem(address, specs, message) if message.strip() else None
            if problem is None:
                continue
            severity = Severity.WARNING if problem.unchecked else Severity.ERROR
            span = Span(str(path), number, 1)
            told = f"the message can't be checked: {problem.reason}" if problem.unchecked else problem.reason
            yield PAYLOAD.at(f"`{address.name}`: {told}", span=span, address=str(address), severity=severity)

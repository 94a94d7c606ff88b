"""AsyncAPI documents, versions 2 and 3: their channels, with the bindings of one protocol.

Each provider takes the channels of its protocol. What the documents say of applications and messages is lost.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.converting.foreign import Foreign, Part

NAME = "asyncapi"
TITLE = "AsyncAPI 2 and 3: channels with bindings"
_TEXT = ("title", "summary", "description", "tags", "externalDocs", "$ref", "address", "servers", "bindingVersion")
_SERVERS = "addresses of clusters stand under `clusters:` of mqinfra.yaml"
_MESSAGES = "messages and schemas are not for brokers; schemas can be declared under `registry: subjects:`"
_OPERATIONS = "what applications do is not for brokers; rights can be declared under `access`"
_COMPONENTS = {
    **dict.fromkeys(("servers", "serverVariables", "serverBindings", "securitySchemes"), _SERVERS),
    **dict.fromkeys(("messages", "schemas", "messageTraits", "messageBindings", "correlationIds"), _MESSAGES),
    **dict.fromkeys(("operations", "operationTraits", "operationBindings", "replies", "replyAddresses"), _OPERATIONS),
    **dict.fromkeys(("parameters", "tags", "externalDocs"), "texts and parameters of channels are not for brokers"),
}
_PARAMETERS = "its name has parameters; declare each name that there is"


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel.

    Attributes:
        address: its address, which is the name of a topic or a routing key.
        part: what is said of it.
        binding: what is said of it for the protocol; of nothing where nothing is.
    """

    address: str
    part: Part
    binding: Part


def is_asyncapi(document: Foreign) -> bool:
    """Whether a document is one of AsyncAPI 2 or 3."""
    version = document.root.at("asyncapi").value
    return isinstance(version, str | int | float) and str(version)[:1] in ("2", "3")


def channels(document: Foreign, binding: str, protocols: Collection[str]) -> Iterator[Channel]:
    """The channels of a protocol.

    Args:
        document: the document.
        binding: under which key the protocol's bindings stand.
        protocols: what servers call the protocol.
    """
    root = document.root
    root.skip("asyncapi", "id", "info", "defaultContentType", "tags", "externalDocs")
    root.at("servers").lose(_SERVERS)
    root.at("operations").lose(_OPERATIONS)
    for section, why in _COMPONENTS.items():
        root.at("components", section).lose(why)
    for key, named in root.at("channels").items():
        part = resolved(named)
        bound = resolved(resolved(part.at("bindings")).at(binding))
        if not bound and not _serves(root, part, protocols):
            continue
        has_address = isinstance(part.value, dict) and "address" in part.value
        address = (part.text("address") or "") if has_address else key
        for place in {named.steps: named, part.steps: part}.values():
            place.skip(*_TEXT)
        bound.skip("bindingVersion")
        part.at("messages").lose(_MESSAGES)
        part.at("publish").lose(_OPERATIONS)
        part.at("subscribe").lose(_OPERATIONS)
        part.at("parameters").skip()
        if "{" in address and not any(
            bound.at(*place) for place in (("topic",), ("queue", "name"), ("exchange", "name"))
        ):
            part.lose(_PARAMETERS)
            continue
        yield Channel(address, part, bound)


def channel_key(*words: str) -> str:
    """The key of a channel: AsyncAPI takes letters, digits and `.-_`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", ".".join(word.strip("/") for word in words if word.strip("/")))


def document(channels: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """An AsyncAPI 3 document with channels."""
    return {"asyncapi": "3.0.0", "info": {"title": "Topology", "version": "1.0.0"}, "channels": dict(channels)}


def resolved(part: Part) -> Part:
    """What a reference within the document leads to, or the part itself."""
    reference = part.at("$ref").value
    if not isinstance(reference, str):
        return part
    if not reference.startswith("#/"):
        part.lose("a reference to another document is not followed")
        return part.at("$ref", "nowhere")
    part.at("$ref").take()
    return part.document.root.at(*(_decoded(step) for step in reference[2:].split("/")))


def _decoded(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _serves(root: Part, channel: Part, protocols: Collection[str]) -> bool:
    """Whether all servers of a channel speak the protocol; a channel that names none is on every one."""
    named = [str(one.at("$ref").value or one.value).rsplit("/", 1)[-1] for one in channel.at("servers").each()]
    known = {key: str(resolved(one).at("protocol").value) for key, one in root.at("servers").items()}
    spoken = [known.get(name, "") for name in named] if named else [*known.values()]
    return bool(spoken) and all(protocol in protocols for protocol in spoken)

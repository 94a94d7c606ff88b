"""Everything in which registries differ, and how they are told apart. Nobody else asks what a server is.

Confluent's was read from its sources (7.x), since no package registry serves it; Apicurio's was measured on 3.3.3.
docs/registry.md says which behaviour was proven where.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.compatibility import rules
from mqinfra.providers.registry.compatibility.rules import Rules

TRAIT = "dialect"
"""Under which name a dialect stands among the traits of a cluster."""
LEVEL = "compatibility"
"""Under which name the level of the whole registry stands there."""
MODE = "mode"
"""Under which name its mode stands there, where a plan sets it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server speaks the API.

    Attributes:
        name: its word among the traits.
        product: what the server is called.
        level: the level in force where nobody set any.
        says_why: a check that fails says why, when asked to be verbose.
        tells_own_level: whether a subject has a level of its own can be seen; else NONE may mean that it has none.
        tells_own_mode: the same of modes.
        checks_references: a schema with references can be checked before it is registered.
        keeps_avro_docs: `doc` in an Avro schema is kept, and counts when schemas are compared.
        keeps_metadata: metadata and rules are kept.
        enforces_modes: a mode that forbids writing is heeded.
        has_contexts: `:.context:subject` names a subject in a context.
        lists_all: what is not among the subjects it lists can't be looked up either; Confluent knows aliases.
        marked_json: a JSON Schema is taken for one only if `$schema` or `properties` stand at its top.
        deleted_refer: what was deleted, and not for good, still refers to others, so that those can't be deleted.
        rules: how it judges compatibility, where the languages leave that to the registry.
    """

    name: str
    product: str
    level: str
    says_why: bool = True
    tells_own_level: bool = True
    tells_own_mode: bool = True
    checks_references: bool = True
    keeps_avro_docs: bool = True
    keeps_metadata: bool = True
    enforces_modes: bool = True
    has_contexts: bool = True
    lists_all: bool = False
    marked_json: bool = False
    deleted_refer: bool = False
    rules: Rules = rules.CONFLUENT


CONFLUENT = Dialect("confluent", "Confluent Schema Registry", "BACKWARD")
APICURIO = Dialect(
    "apicurio",
    "Apicurio Registry",
    "NONE",
    says_why=False,
    tells_own_level=False,
    tells_own_mode=False,
    checks_references=False,
    keeps_avro_docs=False,
    keeps_metadata=False,
    enforces_modes=False,
    has_contexts=False,
    lists_all=True,
    marked_json=True,
    deleted_refer=True,
    rules=rules.APICURIO,
)
OTHER = Dialect("other", "schema registry", "BACKWARD", keeps_metadata=False, has_contexts=False)
"""One that neither says that it is Confluent's nor Apicurio's, such as Karapace: Confluent's older behaviour."""
_BY_NAME: Mapping[str, Dialect] = MappingProxyType({one.name: one for one in (CONFLUENT, APICURIO, OTHER)})

Ask = Callable[[Call], Answer | RegistryFault]


def dialect_of(facts: Facts) -> Dialect:
    """The dialect of a cluster by what it says of itself; a sandbox plays Confluent's."""
    return _BY_NAME.get(facts.traits.get(TRAIT, ""), CONFLUENT)


def told_apart(ask: Ask, url: str) -> tuple[Dialect, str, str]:
    """Find out what a server is.

    Args:
        ask: makes a call.
        url: base of its API.

    Returns:
        its dialect, its version, and its own id; the latter two empty where it does not tell.
    """
    if "/apis/ccompat/" in urlsplit(url).path + "/":
        root = urlsplit(url).path.partition("/apis/ccompat/")[0].strip("/")
        segments = (*filter(None, root.split("/")), "apis", "registry", "v3", "system", "info")
        return APICURIO, _text(ask(Call("GET", segments, absolute=True)), "version"), ""
    answer = ask(Call("GET", ("v1", "metadata", "id")))
    if not isinstance(answer, Answer):
        return OTHER, "", ""
    version = _text(ask(Call("GET", ("v1", "metadata", "version"))), "version")
    return CONFLUENT, version, _cluster_id(answer.body)


def _cluster_id(body: JsonValue) -> str:
    """`{"scope": {"clusters": {"kafka-cluster": ..., "schema-registry-cluster": ...}}}`, as one text."""
    scope = body.get("scope") if isinstance(body, dict) else None
    clusters = scope.get("clusters") if isinstance(scope, dict) else None
    if not isinstance(clusters, dict):
        return ""
    return "/".join(str(clusters[name]) for name in sorted(clusters))


def _text(answer: Answer | RegistryFault, name: str) -> str:
    body = answer.body if isinstance(answer, Answer) else None
    return str(body.get(name) or "") if isinstance(body, dict) else ""

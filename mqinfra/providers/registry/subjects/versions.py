"""The versions of a subject, and the texts of what schemas refer to, however deep."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.providers.registry.api.call import RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.schemas.schema import Schema, SchemaType
from mqinfra.providers.registry.subjects.spec import SchemaReference, SubjectSpec

_DEEPEST = 20


def numbers(client: RegistryClient, subject: str) -> list[int]:
    """The numbers of a subject's versions, sorted; none of one that is not there.

    Raises:
        UserError: the registry did not answer.
    """
    found = client.get("subjects", subject, "versions")
    return sorted(one for one in found if isinstance(one, int)) if isinstance(found, list) else []


def schemas(client: RegistryClient, subject: str, some: Sequence[int]) -> list[tuple[int, Schema]]:
    """Versions of a subject with their schemas; one that can't be read is left out.

    Raises:
        UserError: the registry did not answer.
    """
    found: list[tuple[int, Schema]] = []
    for number in some:
        body = client.get("subjects", subject, "versions", str(number))
        if isinstance(body, RegistryFault) or not isinstance(body, dict):
            continue
        references = references_in(body)
        texts = texts_of(client, references, {})
        names = {one.name for one in references}
        kind = SchemaType.of(body.get("schemaType"))
        found.append((number, Schema(kind, str(body.get("schema")), texts, frozenset(names - texts.keys()))))
    return found


def references_in(body: Mapping[str, JsonValue]) -> tuple[SchemaReference, ...]:
    """The references that an answer names."""
    some = body.get("references")
    return tuple(SchemaReference.model_validate(one) for one in some) if isinstance(some, list) else ()


def texts_of(
    client: RegistryClient, references: Iterable[SchemaReference], planned: Mapping[str, SubjectSpec]
) -> dict[str, str]:
    """The texts of what a schema refers to, by name; what those need stands before them.

    Args:
        client: asks the registry.
        references: what it refers to.
        planned: subjects that the same plan registers: their new schema is the one that is meant.

    Raises:
        UserError: the registry did not answer.
    """
    found: dict[str, str] = {}
    _collect(client, references, planned, found, 0)
    return found


def _collect(
    client: RegistryClient,
    references: Iterable[SchemaReference],
    planned: Mapping[str, SubjectSpec],
    found: dict[str, str],
    depth: int,
) -> None:
    for one in references:
        if one.name in found or depth > _DEEPEST:
            continue
        spec = planned.get(one.subject) if one.version is None else None
        if spec is not None:
            inner: tuple[SchemaReference, ...] = spec.references
            text = spec.definition
        else:
            number = str(one.version) if one.version is not None else "latest"
            body = client.get("subjects", one.subject, "versions", number)
            if not isinstance(body, dict):
                continue
            inner, text = references_in(body), str(body.get("schema"))
        _collect(client, inner, planned, found, depth + 1)
        found[one.name] = text

"""The texts of what a declared schema refers to, as far as the manifests declare it too."""

from collections.abc import Callable

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.registry.subjects.spec import KIND, SubjectSpec

Declared = Callable[[Address], Spec | None]
_DEEPEST = 20


def texts_of(spec: SubjectSpec, address: Address, declared: Declared) -> dict[str, str]:
    """Texts by the names that the schema uses; what those need stands before them. Pinned versions are not known.

    Args:
        spec: the subject.
        address: its address.
        declared: finds what is declared by its address.
    """
    found: dict[str, str] = {}
    _collect(spec, address, declared, found, 0)
    return found


def _collect(spec: SubjectSpec, address: Address, declared: Declared, found: dict[str, str], depth: int) -> None:
    for one in spec.references:
        inner = declared(Address(address.cluster, KIND, (one.subject,)))
        if one.version is None and isinstance(inner, SubjectSpec) and depth < _DEEPEST and one.name not in found:
            _collect(inner, address, declared, found, depth + 1)
            found[one.name] = inner.definition

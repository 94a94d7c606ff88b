"""What the overrides of an environment put over an entry: the stronger selector wins, and equal ones must agree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mqinfra.manifest import codes
from mqinfra.manifest.project.layering import Override
from mqinfra.manifest.text.node import Map
from mqinfra.manifest.text.source import Place
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.selector_hint import Subject, meant
from mqinfra.model.span import Path


class Overriding:
    """The overrides of an environment, and which of them matched."""

    def __init__(self, overrides: Sequence[Override], found: list[Diagnostic]) -> None:
        """Begin.

        Args:
            overrides: the overrides in order.
            found: where findings go.
        """
        self._overrides, self._found = overrides, found
        self._matched = [False] * len(overrides)
        self._by_strength = sorted(range(len(overrides)), key=lambda index: overrides[index].selector.strength)
        self._told: set[tuple[int, int, Path]] = set()

    def of(self, address: Address, kind: str, labels: Mapping[str, str], file: str) -> list[Map]:
        """What is put over an entry, weakest first; see `Selector.matches` for the arguments."""
        some = [
            index for index in self._by_strength if self._overrides[index].selector.matches(address, kind, labels, file)
        ]
        for at, index in enumerate(some):
            self._matched[index] = True
            strength = self._overrides[index].selector.strength
            for other in some[at + 1 :]:
                if self._overrides[other].selector.strength != strength:
                    break
                self._compare(index, other, address)
        return [self._overrides[index].set for index in some]

    def _compare(self, one: int, other: int, address: Address) -> None:
        """Report what two overrides of the same strength set differently, once for all entries."""
        first, second = self._overrides[one], self._overrides[other]
        for path, there, here in _differences(first.set, second.set):
            if (one, other, path) in self._told:
                continue
            self._told.add((one, other, path))
            by = f"`{first.selector.text}` and `{second.selector.text}`"
            message = f"`{'.'.join(path)}` of `{address}` is set twice at the same strength, by {by}"
            hint = "set it in one of them, or make one selector narrower, by a label, a name or an address"
            related = (there.related("set here first"),)
            self._found.append(
                here.report(codes.SAME_STRENGTH, message, help=hint, related=related, address=address.text)
            )

    def unmatched(self, subjects: Iterable[Subject]) -> None:
        """Report the overrides that matched nothing; only makes sense when every manifest was read.

        Args:
            subjects: everything that is declared.
        """
        some = list(subjects) if not all(self._matched) else []
        for override, matched in zip(self._overrides, self._matched, strict=True):
            if not matched:
                message = f"`{override.selector.text}` matches no declared resource"
                made = any(override.selector.matches(*subject) for subject in some)
                better = "" if made else meant(override.selector.text, some)
                hint = "it matches only generated resources; override the resource that generates them" if made else ""
                hint = f"did you mean `{better}`?" if better else hint
                self._found.append(override.place.report(codes.OVERRIDE, message, help=hint))


def _differences(one: Map, other: Map, path: Path = ()) -> Iterator[tuple[Path, Place, Place]]:
    """The paths at which both say something, and not the same."""
    for key in other:
        if key not in one:
            continue
        if isinstance(one[key], Map) and isinstance(other[key], Map):
            yield from _differences(one[key], other[key], (*path, key))
        elif one[key] != other[key]:
            yield (*path, key), one.key_place(key), other.key_place(key)

"""Where every value of a declared resource comes from: the line that gave it, or the sugar that made it."""

from collections.abc import Mapping

from mqinfra.manifest.bind.positions import Layers, MadeLayers
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.promises import FIELD
from mqinfra.model.span import Path, Span


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from.

    Attributes:
        span: the value in an entry, in defaults or in an override; of what sugar made, the sugar. None where nobody
            wrote it, and it is what its kind means by a field that is left out.
        by: the sugar that made the value, `deadLetter of kafka/topics/orders`; empty where it is written as it is.
    """

    span: Span | None
    by: str = ""

    @property
    def text(self) -> str:
        """In words, for a comment: `topology/orders.yaml:12`, or `topology/orders.yaml:12, deadLetter`."""
        if self.span is None:
            return "when left out"
        where = f"{self.span.file}:{self.span.line}"
        return f"{where}, {self.by.partition(' of ')[0]}" if self.by else where


def provenance(item: Declaration) -> Mapping[Path, Provenance]:
    """Say of each field of a resource where its value comes from, sorted by path."""
    found: dict[Path, Provenance] = {}
    by = item.origins[0].by or ""
    for path in sorted(item.spec.fields()):
        if _written(item, path):
            found[path] = Provenance(item.positions.span(path))
        elif by:
            found[path] = Provenance(item.positions.span(()) or item.span, by)
        else:
            found[path] = Provenance(None)
    for name in item.promises.written():
        found[FIELD, name] = Provenance(item.positions.span((FIELD, name)))
    return found


def _written(item: Declaration, path: Path) -> bool:
    """Tell whether somebody wrote the value; only manifests have places of their own for each."""
    return isinstance(item.positions, Layers | MadeLayers) and item.positions.written(path)

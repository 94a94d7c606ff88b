"""The same resource reached twice: equal entries are one resource with two origins, others are an error."""

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import Places
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Lifecycle
from mqinfra.model.diagnostic import Diagnostic, Related
from mqinfra.model.promises import FIELD, PROMISES


def conflict(address: Address, first: Declaration, second: Declaration, places: Places) -> Diagnostic | None:
    """Say in what two declarations of a resource differ; None when they are equal.

    Args:
        address: the resource.
        first: the earlier declaration.
        second: the later one.
        places: finds the text behind the later one.
    """
    path = _difference(first, second)
    if path is None:
        return None
    here = places.places(path)[1]
    there = first.positions.span(path) or first.span
    field = ".".join(path)
    made, sugar = first.origins[0].by, first.origins[0].by or second.origins[0].by
    label = "declared here first" if made is None else f"generated here by {made}"
    word = (sugar or "").partition(" ")[0]
    advice = (
        f"set all of it in the `{word}` that generates it, or write `{word}: false` there and declare it separately"
    )
    related = Related(span=there, label=label, source=first.positions.line(there))
    return here.report(
        codes.CONFLICT,
        f"`{address}` is declared twice, and the two differ in `{field}`",
        help=advice if sugar else "remove one of the two, or make them equal",
        related=(related,),
        address=address.text,
    )


def _difference(one: Declaration, other: Declaration) -> tuple[str, ...] | None:
    """The first field in which two declarations of a resource differ."""
    first, second = one.spec.fields(), other.spec.fields()
    for path in sorted({*first, *second}):
        if (path in first) != (path in second) or first[path] != second[path]:
            return path
    for key in sorted({*one.labels, *other.labels}):
        if one.labels.get(key) != other.labels.get(key):
            return ("labels", key)
    for name, own in PROMISES.items():
        if getattr(one.promises, own) != getattr(other.promises, own):
            return (FIELD, name)
    return None if _but_adoption(one) == _but_adoption(other) else ("lifecycle",)


def _but_adoption(one: Declaration) -> Lifecycle:
    """How a resource may be treated, whoever adopts it: one entry that does is enough."""
    return one.lifecycle.model_copy(update={"adopt": False}) if one.lifecycle.adopt else one.lifecycle

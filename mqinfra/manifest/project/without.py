"""`without:` of an environment: what is not managed there, as kinds or selectors. Applied in `assembly`."""

from collections.abc import Container, Iterator

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields
from mqinfra.model.declaration import Without
from mqinfra.model.selector import Selector
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.base.catalogue import Catalogue


def parse_without(fields: Fields, catalogue: Catalogue, checked: Container[str]) -> Without:
    """Read the `without:` of an environment.

    Args:
        fields: the environment.
        catalogue: known brokers and kinds.
        checked: the types whose kinds are looked at.
    """
    return Without(tuple(_selectors(fields, catalogue, checked)))


def _selectors(fields: Fields, catalogue: Catalogue, checked: Container[str]) -> Iterator[Selector]:
    for text, place in fields.texts("without"):
        broker, slash, kind = text.partition("/")
        plain = slash and ":" not in text and "/" not in kind
        if plain and broker in catalogue.providers and broker not in checked:
            continue
        if plain and catalogue.entry_type(broker, kind) is None:
            known = [
                f"{other}/{name}"
                for other in catalogue.types
                if other in checked
                for name in catalogue.providers[other].entry_types
            ]
            hint = did_you_mean(text, known) or f"accepted: {', '.join(known)}"
            fields.found.append(place.report(codes.UNSUPPORTED, f"unknown kind `{text}`", help=hint))
            continue
        selector = Selector.parse(f"kind:{text}" if plain else text)
        if isinstance(selector, Problem):
            fields.found.append(place.report(codes.OVERRIDE, selector.message, help=selector.help))
        else:
            yield selector

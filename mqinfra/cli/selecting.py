"""Selectors that match nothing: a misspelt one would quietly plan nothing, or exclude nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mqinfra.engine.selection import Selection
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration, Desired, Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.selector import Selector
from mqinfra.model.selector_hint import Subject, meant

SELECTS_NOTHING = Code(
    "MQ192",
    "a selector matches nothing",
    "A `--select` or `--exclude` matches no resource that the manifests declare or remove, and none that the project "
    "made, so it is probably misspelt, and what was meant would be left out or done in silence. `*` stands for any run "
    "of characters, and a name is written as in an address.\n\n"
    "Nothing is applied. `mqinfra render` lists what is declared.",
    bad="mqinfra plan --select name:order.*     # they are called orders.created, orders.cancelled\n",
    good="mqinfra plan --select name:orders.*\n",
)
_DECLARED = "`mqinfra render` lists what is declared"


def unmatched(
    selection: Selection, subjects: Sequence[Subject], clusters: Iterable[str], *, where: str, hint: str = _DECLARED
) -> Iterator[Diagnostic]:
    """Find the selectors that match nothing.

    Args:
        selection: what was given.
        subjects: everything that could be meant.
        clusters: aliases, of which `cluster:ALIAS` may mean one although there is nothing on it.
        where: what the subjects are, for the message: `declared or removed`.
        hint: what to look at.
    """
    aliases = list(clusters)
    for option, selectors in (("--select", selection.select), ("--exclude", selection.exclude)):
        for selector in selectors:
            if any(selector.matches(*subject) for subject in subjects) or any(map(selector.means_all_on, aliases)):
                continue
            message = f"`{option} {selector.text}` matches nothing that is {where}"
            yield SELECTS_NOTHING.at(message, help=(_suggested(option, selector, subjects), hint))


def require_matches(selection: Selection, desired: Desired) -> None:
    """See that every selector matches something that is declared or removed.

    Raises:
        UserError: one does not.
    """
    if not selection.everything:
        refuse(unmatched(selection, declared_or_removed(desired), desired.clusters, where="declared or removed"))


def refuse(found: Iterable[Diagnostic]) -> None:
    """End with what was found, if anything.

    Raises:
        UserError: something was.
    """
    if some := list(found):
        raise UserError(some)


def declared_or_removed(desired: Desired) -> list[Subject]:
    """What selectors of a project may mean by its manifests, by real and by declared names."""
    known: tuple[Mapping[Address, Declaration | Tombstone], ...] = (desired.declarations, desired.tombstones)
    return [
        (called, f"{desired.clusters.get(address.cluster, '')}/{address.kind}", item.labels, item.span.file)
        for some in known
        for address, item in some.items()
        for called in dict.fromkeys((address, desired.names.declared(address)))
    ]


def _suggested(option: str, selector: Selector, subjects: Sequence[Subject]) -> str:
    better = meant(selector.text, subjects)
    return f"did you mean `{option} {better}`?" if better else ""

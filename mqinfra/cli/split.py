"""`export --split-by`: which of several files a live resource goes to."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import suggestion
from mqinfra.model.wording import each_named
from mqinfra.providers.base.catalogue import Catalogue

FILE_EXISTS = Code(
    "MQ193",
    "an export would overwrite a file",
    "`export --split-by` writes one file per label, prefix or vhost, and never overwrites one: it may contain "
    "comments and variables that an export leaves out.\n\n"
    "Export into an empty folder, and compare.",
    bad="mqinfra export --split-by prefix --into topology      # where manifests are\n",
    good="mqinfra export --split-by prefix --into exported\n",
)
UNLABELLED = "unlabelled"
NOT_WITHIN = "no-"
"""What the name of the file for all that lies in no vhost begins with."""
_PREFIX = re.compile(r"[^.:/_-]+")
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")
_BY_PREFIX = "prefix"
_BY_LABEL = "label:"


@dataclass(frozen=True, slots=True)
class Split:
    """How resources are spread over files: by prefixes of their names, unless it says otherwise.

    Attributes:
        label: the label whose values name the files; None for none.
        holder: what people call that in which others lie, whose names name the files: `vhost`; None for none.
    """

    label: str | None = None
    holder: str | None = None

    @classmethod
    def parse(cls, text: str, catalogue: Catalogue) -> "Split":
        """Read the option's value.

        Args:
            text: the value.
            catalogue: the kinds of the environment's clusters.

        Raises:
            click.BadParameter: it is neither `prefix` nor `label:KEY`, nor that in which others lie.
        """
        if text == _BY_PREFIX:
            return cls()
        holders = {kind.title for kind in catalogue.kinds() if kind.name in _holding(catalogue, kind.broker)}
        if text in holders:
            return cls(holder=text)
        label = text.removeprefix(_BY_LABEL)
        if label == text or not label:
            known = (_BY_PREFIX, *sorted(holders))
            close = suggestion(text.partition(":")[0] + (":" if ":" in text else ""), (*known, _BY_LABEL))
            means = close or f"accepted: {each_named(known)}, or `label:KEY` such as `label:team`"
            raise click.BadParameter(f"unknown way to split `{text}`; {means}", param_hint="--split-by")
        return cls(label)

    def groups(
        self,
        resources: Iterable[Resource],
        declared: Mapping[Address, Declaration],
        catalogue: Catalogue,
        clusters: Mapping[str, str],
    ) -> dict[str, list[Resource]]:
        """Put resources into groups by the names of their files.

        Args:
            resources: what is live.
            declared: what the manifests declare, which knows the labels.
            catalogue: the known kinds.
            clusters: alias → broker type.
        """
        groups: dict[str, list[Resource]] = {}
        for resource in resources:
            address = resource[0]
            if self.label is not None:
                known = declared.get(address)
                name = known.labels.get(self.label, UNLABELLED) if known is not None else UNLABELLED
            elif self.holder is not None:
                name = self._held_by(self.holder, address, catalogue, clusters[address.cluster])
            else:
                name = _prefix(address, catalogue, clusters[address.cluster])
            groups.setdefault(_FILE_NAME.sub("_", name) or "_", []).append(resource)
        return dict(sorted(groups.items()))

    @staticmethod
    def _held_by(holder: str, address: Address, catalogue: Catalogue, broker: str) -> str:
        """The name of that in which a resource lies, or that it is."""
        kind = catalogue.kind(broker, address.kind)
        within = catalogue.kind(broker, kind.placement.nested_in) if kind is not None else None
        if any(one is not None and one.title == holder for one in (kind, within)):
            return address.path[0].lstrip("/")
        return f"{NOT_WITHIN}{holder}"


def _prefix(address: Address, catalogue: Catalogue, broker: str) -> str:
    """What the name of a resource begins with, up to the first delimiter."""
    how = catalogue.providers[broker].ownership[address.kind]
    own = how.own_name(address) if how.lies_within else how.outer_name(address)
    found = _PREFIX.search(own)
    return found[0] if found is not None else own


def _holding(catalogue: Catalogue, broker: str) -> frozenset[str]:
    """The kinds in whose resources others lie."""
    return frozenset(kind.placement.nested_in for kind in catalogue.providers[broker].kinds.values()) - {""}


def refuse_existing(paths: Iterable[Path]) -> None:
    """See that nothing is lost.

    Raises:
        UserError: one of the files is there already.
    """
    found = [
        FILE_EXISTS.at(f"`{path}` already exists", help="choose another folder with `--into`, or move the file")
        for path in paths
        if os.path.lexists(path)
    ]
    if found:
        raise UserError(found)

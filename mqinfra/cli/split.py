"""`export --split-by`: which of several files a live resource goes to."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import UserError
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.catalogue import Catalogue

FILE_EXISTS = Code(
    "MQ193",
    "an export would overwrite a file",
    "`export --split-by` writes one file per label or prefix, and never overwrites an existing one: it may contain "
    "comments and variables that an export leaves out.\n\n"
    "Export into an empty folder, and compare.",
    bad="mqinfra export --split-by prefix --into topology      # where manifests are\n",
    good="mqinfra export --split-by prefix --into exported\n",
)
UNLABELLED = "unlabelled"
_PREFIX = re.compile(r"[^.:/_-]+")
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")
_BY_PREFIX = "prefix"
_BY_LABEL = "label:"


@dataclass(frozen=True, slots=True)
class Split:
    """How resources are spread over files.

    Attributes:
        label: the label whose values name the files; None when prefixes of names do.
    """

    label: str | None

    @classmethod
    def parse(cls, text: str) -> "Split":
        """Read the option's value.

        Raises:
            click.BadParameter: it is neither `prefix` nor `label:KEY`.
        """
        if text == _BY_PREFIX:
            return cls(None)
        label = text.removeprefix(_BY_LABEL)
        if label == text or not label:
            close = suggestion(text.partition(":")[0] + (":" if ":" in text else ""), (_BY_PREFIX, _BY_LABEL))
            means = close or "accepted: `prefix`, or `label:KEY` such as `label:team`"
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
            if self.label is None:
                how = catalogue.providers[clusters[address.cluster]].ownership[address.kind]
                own = how.own_name(address) if how.lies_within else how.outer_name(address)
                found = _PREFIX.search(own)
                name = found[0] if found is not None else own
            else:
                known = declared.get(address)
                name = known.labels.get(self.label, UNLABELLED) if known is not None else UNLABELLED
            groups.setdefault(_FILE_NAME.sub("_", name) or "_", []).append(resource)
        return dict(sorted(groups.items()))


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

"""Texts of exported resources in files of their own, beside the manifest, so that their differences can be read."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from mqinfra.cli.console import make_folder, write_file
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.capabilities import InFiles
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.disk import PUBLIC

FOLDER = "schemas"
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that go to files.

    Attributes:
        named: what entries say in their place, by address and field, for `write_topology`.
        files: the texts by file, relative to the manifest.
    """

    named: Mapping[Address, Mapping[str, tuple[str, str]]]
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write the files.

        Args:
            folder: the folder of the manifest.

        Raises:
            UserError: one can't be written.
        """
        if self.files:
            make_folder(folder / FOLDER)
        for name, text in self.files.items():
            write_file(folder / name, text, mode=PUBLIC)


NO_TEXTS = Texts({}, {})


def texts_of(resources: Iterable[Resource], catalogue: Catalogue, clusters: Mapping[str, str]) -> Texts:
    """Give each text a file of its own, named for its resource."""
    named: dict[Address, dict[str, tuple[str, str]]] = {}
    files: dict[str, str] = {}
    for address, spec, _, _ in resources:
        kind = catalogue.kind(clusters.get(address.cluster, ""), address.kind)
        if kind is None or not isinstance(kind, InFiles):
            continue
        found = kind.text_file(spec)
        stem = _FILE_NAME.sub("_", address.name).strip(".") or "text"
        name, number = f"{FOLDER}/{stem}.{found.ending}", 1
        while name in files:
            number += 1
            name = f"{FOLDER}/{stem}_{number}.{found.ending}"
        files[name] = found.text
        naming = next(one for one, field in kind.entry.file_fields().items() if field == found.field)
        named[address] = {found.field: (naming, name)}
    return Texts(named, files)

"""Live resources in another tool's words, by the exporters of providers, and what those have no words for."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import yaml
from pydantic import JsonValue

from mqinfra.convert.codes import NOT_SAID
from mqinfra.convert.conversion import shown
from mqinfra.manifest.writer import Resource
from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.converting.exporter import Exported, Exporter
from mqinfra.providers.base.converting.foreign import UNKNOWN, Foreign, Lost


@dataclass(frozen=True, slots=True)
class Exporting:
    """Resources in another tool's words.

    Attributes:
        text: the file.
        lost: what is left out of it.
    """

    text: str
    lost: tuple[Diagnostic, ...]


def exporters(catalogue: Catalogue) -> Mapping[str, str]:
    """The formats that providers write, and what each is."""
    titles: dict[str, str] = {}
    for provider in catalogue.providers.values():
        for one in provider.exporters:
            titles.setdefault(one.name, one.title)
    return dict(sorted(titles.items()))


def write_exported(
    name: str, resources: Sequence[Resource], clusters: Mapping[str, str], catalogue: Catalogue
) -> Exporting:
    """Write resources in a format.

    Args:
        name: the format.
        resources: what to write.
        clusters: alias → broker type.
        catalogue: the known brokers.

    Raises:
        UserError: the format is one document of one cluster, and there are several.
    """
    documents: list[Mapping[str, JsonValue]] = []
    lost: list[Diagnostic] = []
    used: Exporter | None = None
    written: list[str] = []
    ordered = sorted(resources, key=lambda item: item[0].text)
    for alias, some in groupby(ordered, key=lambda item: item[0].cluster):
        group = [Exported(address, Foreign(address.text, spec.to_json(), _nowhere).root) for address, spec, *_ in some]
        exporter = next((one for one in catalogue.providers[clusters[alias]].exporters if one.name == name), None)
        if exporter is not None:
            used = exporter
            written.append(alias)
            documents += exporter.export(alias, group)
        lost += [found for one in group for found in _left_out(one)]
    if used is not None and used.json and len(written) > 1:
        message = f"`{name}` is one file of one cluster, and this is of {', '.join(f'`{alias}`' for alias in written)}"
        raise UserError([NOT_SAID.at(message, help=f"choose one: --select cluster:{written[0]}")])
    if used is not None and used.whole:
        documents = [_merged(documents)]
    as_json = used is not None and used.json
    text = json.dumps(documents[0], indent=2, ensure_ascii=False) + "\n" if as_json else _yaml(documents)
    return Exporting(text, tuple(in_order(lost)))


def _nowhere(_: object) -> None:
    return None


def _left_out(one: Exported) -> Iterator[Diagnostic]:
    document = one.spec.document
    empty = [Lost((), UNKNOWN)] if document.data == {} and not document.touched else []
    for found in (*document.lost, *empty):
        field = shown(found.steps)
        message = f"`{field}` is left out" if field else "it is left out"
        yield NOT_SAID.at(f"{message}: {found.why}", address=one.address.text)


def _merged(documents: Iterable[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """Several documents as one: mappings are put together, and the first of other values stays."""
    whole: dict[str, JsonValue] = {}
    for document in documents:
        for key, value in document.items():
            held = whole.get(key)
            if isinstance(held, dict) and isinstance(value, dict):
                whole[key] = _merged([held, value])
            else:
                whole.setdefault(key, value)
    return whole


def _yaml(documents: Iterable[Mapping[str, JsonValue]]) -> str:
    # Other tools read YAML 1.1, where `no` and `1_000` are more than text: PyYAML quotes for that.
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, explicit_start=False, width=120)

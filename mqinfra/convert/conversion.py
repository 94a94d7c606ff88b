"""From documents of other tools to resources: which converter takes which document, and what is lost on the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import JsonValue, ValidationError

from mqinfra.convert.codes import NOT_CARRIED, UNKNOWN_FORMAT
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, Steps
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Provider


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of some documents.

    Attributes:
        formats: the formats that they are in.
        resources: the entries by address; the alias of a cluster is its broker's type.
        lost: what is not carried over, each with its place.
    """

    formats: tuple[str, ...]
    resources: tuple[Resource, ...]
    lost: tuple[Diagnostic, ...]

    @property
    def clusters(self) -> Mapping[str, str]:
        """Alias → type of the clusters that the resources are on."""
        return {address.cluster: address.cluster for address, *_ in self.resources}


def formats(catalogue: Catalogue) -> Mapping[str, str]:
    """The known formats, and what each reads."""
    titles: dict[str, str] = {}
    for _, converter in _converters(catalogue):
        titles.setdefault(converter.name, converter.title)
    return dict(sorted(titles.items()))


def convert(documents: Sequence[Foreign], catalogue: Catalogue, chosen: str | None = None) -> Conversion:
    """Convert documents.

    Args:
        documents: what was read.
        catalogue: the known brokers.
        chosen: the format that all documents are in; None to tell by what they say.

    Raises:
        UserError: no converter knows one of the documents.
    """
    known = formats(catalogue)
    if chosen is not None and chosen not in known:
        raise UserError([UNKNOWN_FORMAT.at(f"unknown format `{chosen}`; {did_you_mean(chosen, known)}")])
    collected = _Collected()
    taken: set[int] = set()
    names: set[str] = set()
    for provider, converter in _converters(catalogue):
        if chosen not in (None, converter.name):
            continue
        mine = [one for one in documents if chosen is not None or converter.detects(one)]
        if mine:
            taken.update(map(id, mine))
            names.add(converter.name)
            for entry in converter.convert(mine):
                collected.add(provider, entry)
    if not taken:
        hint = f"formats: {', '.join(known)}; name one with `--from`"
        raise UserError([_stranger(one, hint) for one in documents])
    for one in documents:
        if id(one) not in taken:
            one.root.lose(f"no converter reads {_said(one)}")
    lost = in_order(found for document in documents for found in _lost(document))
    return Conversion(tuple(sorted(names)), tuple(collected.resources.values()), tuple(lost))


def _converters(catalogue: Catalogue) -> Iterator[tuple[Provider, Converter]]:
    for provider in catalogue.providers.values():
        for converter in provider.converters:
            yield provider, converter


def _stranger(document: Foreign, hint: str) -> Diagnostic:
    span = document.span(())
    where = document.file if span is None else None
    return UNKNOWN_FORMAT.at(f"no converter reads {_said(document)}", span=span, address=where, help=hint)


def _said(document: Foreign) -> str:
    kind = document.root.at("kind").value
    return f"`kind: {kind}`" if isinstance(kind, str) and kind else "what this says"


def _lost(document: Foreign) -> Iterator[Diagnostic]:
    for one in document.lost:
        span = document.span(one.steps)
        path = shown(one.steps)
        where = None if span is not None else document.file
        if document.lines:
            message = "not carried over from this line"
        else:
            message = (
                f"`{path}`{_called(document, one.steps)} is not carried over" if path else "this is not carried over"
            )
        yield NOT_CARRIED.at(f"{message}: {one.why}", span=span, address=where)


def _called(document: Foreign, steps: Steps) -> str:
    """What an item of a list is called, as a number alone says little."""
    value = document.at(steps)
    if not steps or not isinstance(steps[-1], int) or not isinstance(value, dict):
        return ""
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str) and value[key]), None)
    return f" (`{name}`)" if name is not None else ""


_NAMES = ("address", "name", "user", "principal", "destination")


def shown(steps: Steps) -> str:
    """A place as people write it: `spec.config`, `queues[3]`; names with other characters in brackets."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("-", "").replace("_", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text


class _Collected:
    """The resources so far, and where each comes from."""

    def __init__(self) -> None:
        self.resources: dict[Address, Resource] = {}

    def add(self, provider: Provider, entry: Entry) -> None:
        """Take an entry, without those of its fields that its type refuses; what is refused is lost."""
        kind = provider.entry_types[entry.type]
        data = _readable(kind, entry)
        spec, data = _bound(kind, entry, data)
        if spec is None:
            return
        pairs = kind.placement.pairs_of(data) if kind.placement.named_by else ()
        address = Address(provider.type, entry.type, entry.path, pairs)
        problem = kind.name_problem(address)
        internal = kind.internal(address) if isinstance(kind, Kind) else None
        if problem is not None or internal is not None:
            entry.source.lose(problem.message if problem is not None else f"{_title(kind, entry)}: {internal}")
            return
        resource = (address, spec, dict(entry.labels), Lifecycle())
        other = self.resources.setdefault(address, resource)
        if other[1] != spec:
            entry.source.lose(f"`{address}` is declared twice, and this one says something else")


def _readable(kind: EntryType, entry: Entry) -> dict[str, Any]:
    """An entry's data with canonical settings, without those that can't be read."""
    data: dict[str, Any] = dict(entry.data)
    for field, table in kind.settings.items():
        given = data.get(field)
        if not isinstance(given, Mapping):
            continue
        values: dict[str, Any] = {}
        for key, raw in given.items():
            setting = table.get(key)
            value = setting.parse(raw) if setting is not None else raw
            if isinstance(value, Problem):
                _lose_field(entry.source, (field, key), value.message)
            else:
                values[key] = value
        data[field] = values
    return {name: value for name, value in data.items() if value != {} or name not in kind.settings}


def _bound(kind: EntryType, entry: Entry, data: dict[str, JsonValue]) -> tuple[Spec | None, dict[str, JsonValue]]:
    """Make an entry; fields that its type refuses are left out, one by one."""
    while True:
        try:
            return kind.entry.model_validate(data, by_alias=True, by_name=False), data
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            why = first["msg"].removeprefix("Value error, ")
            field = str(first["loc"][0]) if first["loc"] else ""
            if field not in data:
                entry.source.lose(f"{_title(kind, entry)}: {f'`{field}`: ' if field else ''}{why}")
                return None, data
            _lose_field(entry.source, tuple(map(str, first["loc"])), why)
            data = {name: value for name, value in data.items() if name != field}


def _lose_field(source: Part, path: Path, why: str) -> None:
    """Lose a field of an entry where the document says it; a converter may have put it together."""
    found = source.find(path[-1])
    if found is not None:
        found.lose(why)
    else:
        source.lose(f"of this, `{'.'.join(path)}`: {why}")


def _title(kind: EntryType, entry: Entry) -> str:
    return f"{kind.title} `{entry.path[-1]}`" if entry.path else kind.title


def counted(resources: Iterable[Resource]) -> Mapping[str, int]:
    """How many resources there are of each `BROKER/KIND`."""
    counts: dict[str, int] = {}
    for address, *_ in resources:
        name = f"{address.cluster}/{address.kind}"
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))

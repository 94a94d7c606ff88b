"""What things are called in an environment: a prefix or suffix on the names that manifests write.

The name in the text is the *declared* one, what the broker sees is the *real* one. Which texts are names of what, each
kind says; how a name takes a prefix, its form says.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Protocol

from mqinfra.model.address import Address, Pairs
from mqinfra.model.frozen import dataclass
from mqinfra.model.selector import Glob
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path


@dataclass(frozen=True, slots=True)
class Affix:
    """What names of a kind get in an environment.

    Attributes:
        prefix: what stands before them.
        suffix: what stands after them.
        kept: names that stay as they are written, such as those of others.
    """

    prefix: str = ""
    suffix: str = ""
    kept: tuple[Glob, ...] = ()

    def keeps(self, name: str) -> bool:
        """Tell whether a name stays as it is written."""
        return any(pattern.matches(name) for pattern in self.kept)


class NameForm(ABC):
    """How a text holds a name, or what names begin with, and takes a prefix or suffix."""

    @abstractmethod
    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        """The text with the real name; a Problem where it is a pattern that can't be rewritten.

        Args:
            text: the text with the declared name.
            affix: what it gets.
            begins: the text is what names begin with, and no whole name.
        """

    @abstractmethod
    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        """The text with the declared name; as it is where its name has no such prefix or suffix."""


@dataclass(frozen=True, slots=True)
class PlainName(NameForm):
    """A text that is a name, or what names begin with.

    Attributes:
        own: the broker's own names, which never change; `amq.*` for all that begin so.
    """

    own: tuple[str, ...] = ()

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        """Put the prefix before it and the suffix after it."""
        if not text or self._stays(text, affix):
            return text
        if begins and affix.suffix:
            return no_suffix(text)
        return f"{affix.prefix}{text}{affix.suffix}"

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        """Take both away; the suffix may stand before what sugar has put after it, as in `orders-stg.dlq`."""
        return text if self._stays(text, affix) else without(text, affix, begins=begins)

    def _stays(self, text: str, affix: Affix) -> bool:
        own = any(text.startswith(name[:-1]) if name.endswith("*") else text == name for name in self.own)
        return own or affix.keeps(text)


def no_suffix(text: str) -> Problem:
    """Say that what names begin with can't be told from other environments by a suffix."""
    return Problem(
        f"`{text}` is what names begin with, and this environment gives names a suffix, which says nothing of that",
        "name each of them, or use a prefix in `names` of this environment",
    )


def without(text: str, affix: Affix, *, begins: bool = False) -> str:
    """Take prefix and suffix away from a text; as it is where it lacks one of them."""
    if not text.startswith(affix.prefix):
        return text
    inner = text[len(affix.prefix) :]
    if not affix.suffix or begins:
        return inner
    head, found, tail = inner.rpartition(affix.suffix)
    return head + tail if found else text


PLAIN = PlainName()


@dataclass(frozen=True, slots=True)
class NameAt:
    """A place in an entry that holds a name.

    Attributes:
        path: the field; empty for a name in an address or a scope.
        kinds: what it may be a name of: kinds of the broker, or `BROKER/KIND` for those of another.
        form: how the text holds it.
        begins: the text is what names begin with.
    """

    path: Path
    kinds: tuple[str, ...]
    form: NameForm = PLAIN
    begins: bool = False


class Naming(Protocol):
    """What a type of entries says of names; `EntryType` does."""

    @property
    def path_names(self) -> tuple[NameAt, ...]:
        """What the names of an address are names of, outermost first."""

    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Where an entry holds names."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an environment.

    Attributes:
        affixes: what names get, by `BROKER/KIND`.
        clusters: alias → broker type.
        naming: what types of entries say of names, by `BROKER/KIND`.
    """

    affixes: Mapping[str, Affix] = field(default_factory=lambda: MappingProxyType({}))
    clusters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    naming: Mapping[str, Naming] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """Whether any name changes."""
        return bool(self.affixes)

    def real(self, address: Address) -> Address:
        """The address on the cluster of what manifests write so; names that can't be rewritten stay."""
        return self._mapped(address, real=True)

    def declared(self, address: Address) -> Address:
        """The address in manifests of what is called so on the cluster."""
        return self._mapped(address, real=False)

    def key(self, address: Address) -> str:
        """The key of a line to paste into a manifest; one that has no name of the environment stands as it is."""
        declared = self.declared(address)
        return (declared if self.real(declared) == address else address).yaml_key

    def as_written(self, address: Address) -> bool:
        """Tell whether a line to paste has to say that its address stays as it is written."""
        return bool(self.affixes) and self.real(self.declared(address)) != address

    def in_data(
        self, kind: str, data: Mapping[str, Any], *, real: bool
    ) -> tuple[Mapping[str, Any], tuple[tuple[Path, Problem], ...]]:
        """An entry or a resource with the real names, or with the declared ones.

        Args:
            kind: its type, as `BROKER/KIND`.
            data: what it says.
            real: the real names are wanted.

        Returns:
            the same with other names, and what can't be rewritten.
        """
        naming = self.naming.get(kind) if self.affixes else None
        problems: list[tuple[Path, Problem]] = []
        result = data
        for at in naming.names(data) if naming is not None else ():
            text = _text_at(data, at.path)
            mapped = self.rewritten(kind.partition("/")[0], at, text, real=real)
            if isinstance(mapped, Problem):
                problems.append((at.path, mapped))
            elif mapped != text:
                result = _with(result, at.path, mapped)
        return result, tuple(problems)

    def rewritten(self, broker: str, place: NameAt, text: str, *, real: bool) -> str | Problem:
        """A text with the real name, or with the declared one.

        Args:
            broker: type of the broker whose entry holds the text.
            place: what the text is.
            text: the text.
            real: the real name is wanted.
        """
        affix = self._affix(broker, place) if text else None
        if affix is None:
            return text
        if isinstance(affix, Problem):
            return Problem(affix.message.format(text), affix.help)
        if real:
            return place.form.with_affix(text, affix, begins=place.begins)
        return place.form.without_affix(text, affix, begins=place.begins)

    def _affix(self, broker: str, place: NameAt) -> Affix | Problem | None:
        wanted = [kind if "/" in kind else f"{broker}/{kind}" for kind in place.kinds]
        some = [self.affixes.get(kind) for kind in wanted]
        if len({(one.prefix, one.suffix) if one is not None else None for one in some}) > 1:
            listed = " and ".join(f"`{kind}`" for kind in wanted)
            return Problem(
                f"`{{}}` may name any of {listed}, whose names differ in this environment",
                "give all of them the same prefix and suffix under `names`",
            )
        known = [one for one in some if one is not None]
        if len(known) < 2:
            return known[0] if known else None
        return replace(known[0], kept=tuple({pattern for one in known for pattern in one.kept}))

    def _mapped(self, address: Address, *, real: bool) -> Address:
        broker = self.clusters.get(address.cluster, "")
        naming = self.naming.get(f"{broker}/{address.kind}") if self.affixes else None
        if naming is None:
            return address
        path = list(address.path)
        for index, (name, place) in enumerate(zip(address.path, naming.path_names, strict=False)):
            path[index] = self._text(broker, place, name, real=real)
        pairs = self._pairs(broker, naming, address.pairs, real=real) if address.pairs else ()
        mapped = Address(address.cluster, address.kind, tuple(path), pairs)
        return address if mapped == address else mapped

    def _pairs(self, broker: str, naming: Naming, pairs: Pairs, *, real: bool) -> Pairs:
        texts = dict(pairs)
        for place in naming.names(MappingProxyType(dict(pairs))):
            if len(place.path) == 1 and place.path[0] in texts:
                texts[place.path[0]] = self._text(broker, place, texts[place.path[0]], real=real)
        return tuple(texts.items())

    def _text(self, broker: str, place: NameAt, text: str, *, real: bool) -> str:
        mapped = self.rewritten(broker, place, text, real=real)
        return text if isinstance(mapped, Problem) else mapped


def _text_at(data: Any, path: Path) -> str:  # noqa: ANN401 - any data
    for step in path:
        data = data[step] if isinstance(data, Mapping) else data[int(step)]
    return str(data)


def _with(data: Any, path: Path, text: str) -> Any:  # noqa: ANN401 - any data
    """The data with another text at a path; the rest is shared."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(data, Mapping):
        return {**data, step: _with(data[step], rest, text)}
    index = int(step)
    return [_with(item, rest, text) if at == index else item for at, item in enumerate(data)]

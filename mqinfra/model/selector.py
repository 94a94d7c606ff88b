"""Selectors: which resources a person means, in `--select`, `--exclude` and an environment's `overrides`.

One selector is a list of terms with a comma between them, all of which must hold: `kind:topics,label:team=orders`.
Several selectors are alternatives; callers hold them as a list. A `*` stands for any run of characters.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Self
from urllib.parse import unquote

from mqinfra.model.address import Address, AddressError
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem, did_you_mean

_KEYS = ("kind", "name", "label", "cluster", "file")
_CLUSTER = "cluster:"
_KIND = "kind:"
_KEY = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_EXPECTED = "expected kind:topics, name:orders.*, label:team=orders, cluster:main, file:topology/* or an address"


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for whole texts in which `*` stands for any run of characters.

    Matching takes time linear in the text for each `*`, so that a pattern cannot stall a run.

    Attributes:
        parts: the literal text between the stars.
    """

    parts: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Tell whether the pattern covers the whole text."""
        first, *rest = self.parts
        if not rest:
            return text == first
        *middle, last = rest
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


@dataclass(frozen=True, slots=True)
class _Subject:
    address: Address
    kind: str
    labels: Mapping[str, str]
    file: str


_Test = Callable[[_Subject], bool]


@dataclass(frozen=True, slots=True)
class Selector:
    """Terms that must all hold.

    Attributes:
        text: what the user wrote, for messages.
        tests: one per term.
    """

    text: str
    tests: tuple[_Test, ...]

    @classmethod
    def parse(cls, text: str) -> Self | Problem:
        """Read a selector; a Problem says what is wrong with it and what is expected."""
        tests: list[_Test] = []
        for term in terms_of(text):
            test = _test(term)
            if isinstance(test, Problem):
                return test
            tests.append(test)
        return cls(text, tuple(tests))

    def matches(self, address: Address, kind: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether a resource is meant.

        Args:
            address: its address.
            kind: its kind as `BROKER/KIND`, such as `kafka/topics`; `kind:topics` and `kind:kafka/topics` match it.
            labels: its labels.
            file: the manifest that declares it, relative to the project's root.
        """
        subject = _Subject(address, kind, labels, file)
        return all(test(subject) for test in self.tests)

    @property
    def strength(self) -> tuple[int, int]:
        """How much it weighs where several mean the same resource: by its narrowest term, then by how many it has."""
        terms = terms_of(self.text)
        return max(map(_strength, terms)), len(terms)

    def may_match_on(self, alias: str) -> bool:
        """Tell whether it may mean anything on a cluster, by what it says of clusters."""
        clusters = (_cluster_of(term) for term in terms_of(self.text))
        return all(Glob(tuple(name.split("*"))).matches(alias) for name in clusters if name is not None)

    def means_all_on(self, alias: str) -> bool:
        """Tell whether it means everything on a cluster: `cluster:ALIAS` and nothing more."""
        return all(term.startswith(_CLUSTER) for term in terms_of(self.text)) and self.may_match_on(alias)

    def may_match_among(self, alias: str, kind: str) -> bool:
        """Tell whether it may mean anything of a kind on a cluster, by what it says of both.

        Args:
            alias: the cluster.
            kind: the kind as `BROKER/KIND`.
        """
        return self.may_match_on(alias) and all(_may_be_of(term, kind) for term in terms_of(self.text))

    def means_all_among(self, alias: str, kind: str) -> bool:
        """Tell whether it means everything of a kind on a cluster: it says nothing but these."""
        only = all(term.startswith((_CLUSTER, _KIND)) for term in terms_of(self.text))
        return only and self.may_match_among(alias, kind)


def _may_be_of(term: str, kind: str) -> bool:
    if term.startswith(_KIND):
        glob = Glob(tuple(term.removeprefix(_KIND).strip().split("*")))
        return glob.matches(kind) or glob.matches(kind.rpartition("/")[2])
    if _KEY.fullmatch(term) is not None:
        return True
    return Glob(tuple(term.split("/")[1].split("*"))).matches(kind.rpartition("/")[2])


def _cluster_of(term: str) -> str | None:
    """What a term says of the cluster; None where it says nothing of it."""
    if term.startswith(_CLUSTER):
        return term.removeprefix(_CLUSTER).strip()
    return term.partition("/")[0] if _KEY.fullmatch(term) is None else None


_STRENGTHS = {"kind": 0, "cluster": 0, "file": 1, "label": 2}
_SOME_NAMES, _ONE_NAME = 3, 4


def _strength(term: str) -> int:
    key, colon, _ = term.partition(":")
    if colon and key in _STRENGTHS:
        return _STRENGTHS[key]
    return _SOME_NAMES if "*" in term else _ONE_NAME


def any_matches(
    selectors: Iterable[Selector], address: Address, kind: str, labels: Mapping[str, str], file: str
) -> bool:
    """Tell whether at least one of the selectors means the resource; none does when there are none."""
    return any(selector.matches(address, kind, labels, file) for selector in selectors)


def terms_of(text: str) -> list[str]:
    """Split at commas, but keep the pairs of an address such as `kafka/quotas/client-id=web,user=billing` whole."""
    terms: list[str] = []
    for part in text.split(","):
        pair = "=" in part and "/" not in part and _KEY.fullmatch(part.strip()) is None
        goes_on = bool(terms) and "=" in terms[-1] and not terms[-1].startswith("label:")
        if pair and goes_on:
            terms[-1] += "," + part.strip()
        else:
            terms.append(part.strip())
    return terms


def _test(term: str) -> _Test | Problem:
    match = _KEY.fullmatch(term)
    if match is None:
        return _address(term) if "/" in term else Problem(f"`{term}` is not a valid selector", _EXPECTED)
    key, value = match[1], match[2].strip()
    if key not in _KEYS:
        return Problem(f"unknown key of a selector: `{key}:`", did_you_mean(key, _KEYS) or _EXPECTED)
    if not value:
        return Problem(f"`{key}:` needs a value in a selector", _EXPECTED)
    if key == "label":
        return _label(value)
    glob = _decoded(value) if key == "name" else Glob(tuple(value.split("*")))
    if isinstance(glob, Problem):
        return glob
    match key:
        case "kind":
            return lambda s: glob.matches(s.kind) or glob.matches(s.kind.rpartition("/")[2])
        case "name":
            return lambda s: glob.matches(s.address.name)
        case "cluster":
            return lambda s: glob.matches(s.address.cluster)
        case _:
            return lambda s: glob.matches(s.file)


def _label(text: str) -> _Test | Problem:
    key, equals, value = text.partition("=")
    if not key:
        return Problem("`label:` needs a key in a selector", "write label:team=orders or label:team")
    if not equals:
        return lambda s: key in s.labels
    glob = Glob(tuple(value.split("*")))
    return lambda s: key in s.labels and glob.matches(s.labels[key])


def _decoded(text: str) -> Glob | Problem:
    """A name is written as in an address: `%2C` for a comma, `%2A` for a star; pairs are compared as written."""
    if "=" in text:
        return Glob(tuple(_sorted_pairs(text).split("*")))
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return Problem(f"`name:{text}` is not a valid selector", "a `%` in a name is written %25")
    try:
        return Glob(tuple(unquote(part, errors="surrogatepass") for part in text.split("*")))
    except UnicodeDecodeError:
        return Problem(f"`name:{text}` is not a valid selector", "the escapes do not decode to UTF-8")


def _address(text: str) -> _Test | Problem:
    try:
        Address.parse(text.replace("*", "0"))
    except AddressError:
        return Problem(f"`{text}` is neither a selector nor an address", _EXPECTED)
    *segments, last = _ESCAPE.sub(lambda match: match[0].upper(), text).split("/")
    if "=" in last:
        last = _sorted_pairs(last)
    globs = [Glob(tuple(segment.split("*"))) for segment in (*segments, last)]

    def test(subject: _Subject) -> bool:
        found = subject.address.text.split("/")
        return len(found) == len(globs) and all(g.matches(part) for g, part in zip(globs, found, strict=True))

    return test


def _sorted_pairs(text: str) -> str:
    """Put pairs into the order of an address: by key, not by text, in which `a=` comes after `a-b=`."""
    return ",".join(sorted(text.split(","), key=lambda pair: tuple(map(_plain, pair.partition("=")))))


def _plain(text: str) -> str:
    try:
        return unquote(text, errors="surrogatepass")
    except UnicodeDecodeError:  # matches no address, so that its place does not matter
        return text

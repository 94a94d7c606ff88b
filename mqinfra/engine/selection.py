"""Selection: `--select` and `--exclude`. It narrows what a plan holds; the whole is always validated."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Self

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.selector import Selector, any_matches
from mqinfra.model.setting import Problem


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user selected; empty means everything.

    Attributes:
        select: alternatives of which one has to match; none means all.
        exclude: alternatives of which none may match.
        names: what things are called in the environment: a selector may speak of the real name or of the declared one.
    """

    select: tuple[Selector, ...] = ()
    exclude: tuple[Selector, ...] = ()
    names: Names = field(default_factory=Names)

    @classmethod
    def parse(cls, select: Iterable[str], exclude: Iterable[str]) -> Self | Problem:
        """Read the texts of the command line; a Problem says which is wrong and what is expected."""
        lists: list[tuple[Selector, ...]] = []
        for texts in (select, exclude):
            selectors: list[Selector] = []
            for text in texts:
                parsed = Selector.parse(text)
                if isinstance(parsed, Problem):
                    return parsed
                selectors.append(parsed)
            lists.append(tuple(selectors))
        return cls(lists[0], lists[1])

    def under(self, names: Names) -> "Selection":
        """The same in an environment that gives things other names."""
        return replace(self, names=names) if names else self

    @property
    def texts(self) -> tuple[str, ...]:
        """The selection as on the command line, for the plan."""
        return tuple(f"--select {item.text}" for item in self.select) + tuple(
            f"--exclude {item.text}" for item in self.exclude
        )

    @property
    def everything(self) -> bool:
        """Whether nothing narrows the plan."""
        return not self.select and not self.exclude

    def may_cover(self, alias: str) -> bool:
        """Tell whether anything of a cluster may be selected, whatever there is on it."""
        if any(selector.means_all_on(alias) for selector in self.exclude):
            return False
        return not self.select or any(selector.may_match_on(alias) for selector in self.select)

    def may_cover_among(self, alias: str, kind: str) -> bool:
        """Tell whether anything of a kind, as `BROKER/KIND`, may be selected on a cluster, whatever there is of it."""
        if any(selector.means_all_among(alias, kind) for selector in self.exclude):
            return False
        return not self.select or any(selector.may_match_among(alias, kind) for selector in self.select)

    def excludes(self, address: Address, broker: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether a resource is left out by name, so that nothing that needs it may bring it."""
        return self._any(self.exclude, address, f"{broker}/{address.kind}", labels, file)

    def covers(self, address: Address, broker: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether a resource is selected; `file` is the manifest that declares it, empty where none does."""
        if self.everything:
            return True
        subject = (address, f"{broker}/{address.kind}", labels, file)
        return (not self.select or self._any(self.select, *subject)) and not self._any(self.exclude, *subject)

    def _any(
        self, some: tuple[Selector, ...], address: Address, kind: str, labels: Mapping[str, str], file: str
    ) -> bool:
        """Tell whether one of the selectors means a resource by its real name or by its declared one."""
        called = dict.fromkeys((address, self.names.declared(address)) if self.names else (address,))
        return any(any_matches(some, one, kind, labels, file) for one in called)

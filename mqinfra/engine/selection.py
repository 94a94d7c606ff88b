"""Selection: `--select` and `--exclude`. It narrows what a plan holds; the whole is always validated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mqinfra.model.address import Address
from mqinfra.model.selector import Selector, any_matches
from mqinfra.model.setting import Problem


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user selected; empty means everything.

    Attributes:
        select: alternatives of which one has to match; none means all.
        exclude: alternatives of which none may match.
    """

    select: tuple[Selector, ...] = ()
    exclude: tuple[Selector, ...] = ()

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
        return cls(*lists)

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

    def excludes(self, address: Address, broker: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether a resource is left out by name, so that nothing that needs it may bring it."""
        return any_matches(self.exclude, address, f"{broker}/{address.kind}", labels, file)

    def covers(self, address: Address, broker: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether a resource is selected; `file` is the manifest that declares it, empty where none does."""
        if self.everything:
            return True
        subject = (address, f"{broker}/{address.kind}", labels, file)
        return (not self.select or any_matches(self.select, *subject)) and not any_matches(self.exclude, *subject)

"""What the kinds of a registry act through. Importing it brings in no client library."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.workers import side_by_side
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.dialects import Dialect

if TYPE_CHECKING:
    from mqinfra.providers.registry.api.http import Http

A = TypeVar("A")
R = TypeVar("R")
_PAGE = 1_000


@dataclass
class RegistryClient:
    """One connected registry.

    Attributes:
        where: alias and address, for messages.
        http: its API.
        width: calls on their way at once.
        dialect: how it speaks.
    """

    where: str
    http: "Http" = field(repr=False)
    width: int
    dialect: Dialect

    def get(self, *segments: str, **query: str) -> JsonValue | RegistryFault:
        """Read one thing; a fault where there is none, or where a right is missing.

        Raises:
            UserError: the registry did not answer, or can't serve now.
        """
        return self.ask(Call("GET", segments, query))

    def ask(self, call: Call) -> JsonValue | RegistryFault:
        """Ask something that changes nothing, also by POST; see `get`.

        Raises:
            UserError: the registry did not answer, or can't serve now.
        """
        answer = self.http.call(call)
        if isinstance(answer, Answer):
            return answer.body
        if answer.status == 0 or answer.retry or answer.lost:
            raise UserError([answer.unread(f"to `{call}`", self.where)])
        return answer

    def send(self, call: Call) -> Answer | RegistryFault:
        """Make a call that writes; nothing is raised."""
        return self.http.call(call)

    def each(self, items: Sequence[A], work: Callable[[A], R]) -> list[R]:
        """Do something for each item, some at once; results in order."""
        if len(items) < 2:
            return [work(item) for item in items]
        return side_by_side(items, work, self.width)

    def subjects(self, *, deleted: bool = False) -> list[str] | RegistryFault:
        """The names of all subjects, sorted; page by page, since Apicurio gives 1,000 at most at once.

        Args:
            deleted: only those that were deleted, and not for good.

        Raises:
            UserError: the registry did not answer, or can't serve now.
        """
        names: dict[str, None] = {}
        for page in self._pages({"deletedOnly": "true"} if deleted else {}):
            if isinstance(page, RegistryFault):
                return page
            before = len(names)
            names.update(dict.fromkeys(page))
            if len(names) == before:  # a server that knows no pages gives all of them each time
                break
        return sorted(names)

    def _pages(self, query: Mapping[str, str]) -> Iterator[list[str] | RegistryFault]:
        offset = 0
        while True:
            found = self.ask(Call("GET", ("subjects",), {**query, "offset": str(offset), "limit": str(_PAGE)}))
            if isinstance(found, RegistryFault):
                yield found
                return
            page = [str(name) for name in found] if isinstance(found, list) else []
            yield page
            if len(page) < _PAGE:
                return
            offset += len(page)

    def close(self) -> None:
        """Drop the connections."""
        self.http.close()

"""Records as pages of global parameters, which every node of a deployment has and no vhost is needed for."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base import codes
from mqinfra.providers.base.records import RecordStore, Stored
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import tag_advice
from mqinfra.providers.rabbitmq.records.names import page_name, page_of, pages_of
from mqinfra.providers.rabbitmq.records.pages import Pages, Texts, packed

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_PATH = "global-parameters"
_TAG = "policymaker"
_TAGS = frozenset({_TAG, "administrator"})
"""Either of them lets a user read and write global parameters (measured on 3.10 and 4.3); `monitoring` does not."""
_ATTEMPTS = 3
"""How often a save begins anew because somebody else wrote the same pages meanwhile."""


class GlobalParameterStore(RecordStore):
    """The records of one owner on a deployment."""

    rights = (f"the tag `{_TAG}`, without which global parameters can neither be read nor written",)

    def __init__(self, client: "RabbitClient", owner: Owner) -> None:
        self.owner, self._client = owner, client
        self.place = f"global parameters `{pages_of(owner)}`"
        self._own: Pages | None = None
        self._foreign: dict[Owner, dict[int, JsonValue]] = {}

    @override
    def load(self) -> Stored:
        pages = self._listed()
        return Stored(bool(pages.values), pages.everything())

    @override
    def save(self, texts: Mapping[str, str | None]) -> None:
        pages = self._own or self._listed()
        for _ in range(_ATTEMPTS):
            after = pages.rewritten(texts)
            if not after:
                return
            if self._unchanged(pages, after):
                self._write(pages, after)
                return
            pages = self._listed()
        raise self._failed(
            "can't be written: somebody else keeps writing them", ("wait for the other apply to end, and apply again",)
        )

    @override
    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        if self._own is None:
            self._listed()
        wanted = set(keys)
        found: dict[Owner, Mapping[str, str]] = {}
        for owner, values in self._foreign.items():
            texts = Pages.read(values).everything()
            some = {key: texts[key] for key in wanted & texts.keys()}
            if some:
                found[owner] = some
        return found

    @override
    def load_others(self) -> Mapping[Owner, Stored]:
        if self._own is None:
            self._listed()
        return {
            owner: Stored(exists=True, texts=Pages.read(some).everything()) for owner, some in self._foreign.items()
        }

    def _listed(self) -> Pages:
        """List all global parameters, which is one request however many pages and owners there are."""
        body = self._client.get(_PATH)
        if isinstance(body, RabbitFault):
            raise self._unusable(body, "read")
        own: dict[int, JsonValue] = {}
        foreign: dict[Owner, dict[int, JsonValue]] = {}
        for row in body if isinstance(body, list) else []:
            found = page_of(str(row.get("name"))) if isinstance(row, dict) else None
            if isinstance(row, dict) and found is not None:
                owner, number = found
                (own if owner == self.owner else foreign.setdefault(owner, {}))[number] = row.get("value")
        self._own, self._foreign = Pages.read(own), foreign
        return self._own

    def _unchanged(self, pages: Pages, after: Mapping[int, Texts]) -> bool:
        """Whether pages are still what we took them for. A page is written whole, and so is what others put there."""
        answers = self._client.lists([Call("GET", (_PATH, page_name(self.owner, number))) for number in after])
        return all(_value(answer) == pages.values.get(number) for number, answer in zip(after, answers, strict=True))

    def _write(self, pages: Pages, after: Mapping[int, Texts]) -> None:
        """Write pages side by side, and delete those that are empty once the others are written."""
        self._own = None  # what follows is not known until all of it is written
        values = {number: packed(texts) for number, texts in after.items() if texts}
        self._send([self._put(number, value) for number, value in values.items()])
        self._send([Call("DELETE", self._path(number)) for number, texts in after.items() if not texts])
        self._own = pages.with_values(values, after)

    def _send(self, calls: Sequence[Call]) -> None:
        for call, answer in zip(calls, self._client.send(calls), strict=True):
            if isinstance(answer, RabbitFault) and not self._done(call, answer):
                raise self._unusable(answer, "written")

    def _done(self, call: Call, fault: RabbitFault) -> bool:
        """Whether a call that was not answered with yes was done all the same: its reply got lost, or it was gone."""
        if fault.absent and call.method == "DELETE":
            return True
        if not fault.lost:
            return False
        return _value(self._client.lists([Call("GET", call.segments)])[0]) == _wanted(call)

    def _put(self, number: int, value: JsonValue) -> Call:
        return Call("PUT", self._path(number), body={"value": value})

    def _path(self, number: int) -> tuple[str, ...]:
        return (_PATH, page_name(self.owner, number))

    def _unusable(self, fault: RabbitFault, what: str) -> UserError:
        user = self._client.user
        if not fault.denied or self._client.tags & _TAGS:
            return self._failed(f"can't be {what}: {fault.message}", fault.help)
        words = f"can't be {what}: `{user}` needs the tag `{_TAG}`"
        return self._failed(words, (tag_advice(user, _TAG), "without records, only `removed:` deletes anything"))

    def _failed(self, words: str, help_: tuple[str, ...]) -> UserError:
        return UserError(
            [codes.RECORDS.at(f"the records of `{self.owner}` {words}", address=self._client.where, help=help_)]
        )


def _value(answer: Answer | RabbitFault) -> JsonValue:
    """The value of a page; None where there is none, and where it can't be seen, which is never what we took it for."""
    if isinstance(answer, Answer):
        return answer.body.get("value") if isinstance(answer.body, dict) else None
    return None


def _wanted(call: Call) -> JsonValue:
    return call.body.get("value") if isinstance(call.body, dict) else None

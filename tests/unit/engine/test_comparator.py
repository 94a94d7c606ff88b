"""One field of a live resource against the wanted one, on every node that keeps the resource for itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, ClassVar

import pytest
from pydantic import Field, JsonValue

from mqinfra.engine.comparator import IF_DIFFERENT, Comparator, without_secrets
from mqinfra.engine.recheck import is_done, made_otherwise
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts, Live
from mqinfra.model.span import Path
from mqinfra.model.spec import CreateOnly, Secret, Spec, WholeSpec
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading
from mqinfra.providers.base.request import Request, Result


class UserSpec(Spec):
    """A user that every node keeps for itself."""

    rights: str | None = None
    password: Annotated[dict[str, str] | None, Secret] = None
    begins_at: Annotated[int | None, CreateOnly] = None


class UserKind(Kind[None]):
    """Users, of which only the comparison is used."""

    broker, name, title = "test", "users", "user"
    spec: ClassVar[type[Spec]] = UserSpec
    entry: ClassVar[type[Spec]] = UserSpec

    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        raise NotImplementedError

    def read(self, client: None, wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        raise NotImplementedError

    def run(self, client: None, request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        raise NotImplementedError


class TopicLikeSpec(Spec):
    """Something whose settings have defaults."""

    config: dict[str, int] = Field(default_factory=dict)


class TopicLikeKind(UserKind):
    """The same for it."""

    spec: ClassVar[type[Spec]] = TopicLikeSpec


ADA = Address("redis", "users", ("ada",))


def difference(path: str, wanted: JsonValue, live: Live, *, holds: bool | None = None) -> str | None:
    return Comparator(UserKind(), lambda *_: holds).difference((path,), wanted, live, live.spec.fields())


def live(rights: str, **per_node: Spec | None) -> Live:
    return Live(UserSpec(rights=rights), per_node=per_node)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (live("all"), None),
        (live("none"), ""),
        (live("all", a=UserSpec(rights="all"), b=UserSpec(rights="all")), None),
        (live("all", a=UserSpec(rights="all"), b=UserSpec(rights="none")), "differs on b"),
        (live("all", a=UserSpec(rights="all"), b=None), "missing on b"),
    ],
)
def test_a_field_is_as_wanted_when_it_is_so_on_every_node(found: Live, says: str | None) -> None:
    assert difference("rights", "all", found) == says


def test_what_is_missing_on_a_node_is_not_done() -> None:
    wanted = FieldDifference(path=("rights",), after="all")
    change = Change(address=ADA, action=Action.UPDATE, reason=Reason.DIFFERS, differences=(wanted,))
    comparator = Comparator(UserKind(), lambda *_: None)
    assert is_done(change, live("all", a=UserSpec(rights="all")), comparator)
    assert not is_done(change, live("all", a=None), comparator)


def test_how_a_resource_begins_is_never_compared() -> None:
    assert difference("beginsAt", 5, Live(UserSpec(begins_at=7))) is None


@pytest.mark.parametrize(("holds", "says"), [(True, None), (False, "differs"), (None, IF_DIFFERENT)])
def test_a_secret_is_compared_by_whoever_can_look_it_up(holds: bool | None, says: str | None) -> None:  # noqa: FBT001 - a case
    assert difference("password", {"env": "X"}, live("all"), holds=holds) == says


def test_a_secret_is_missing_where_the_whole_resource_is() -> None:
    found = live("all", a=UserSpec(rights="all"), b=None)
    assert difference("password", {"env": "X"}, found, holds=True) == "missing on b"


def test_a_secret_that_is_not_at_hand_is_no_difference_and_told() -> None:
    def holds(*_: object) -> bool | None:
        raise UserError([Diagnostic(code="MQ702", message="the environment variable `X` is not set")])

    told: list[tuple[Path, str]] = []
    comparator = without_secrets(Comparator(UserKind(), holds), lambda path, why: told.append((path, why)))
    found = live("all")
    assert comparator.difference(("password",), {"env": "X"}, found, found.spec.fields()) is None
    assert told == [(("password",), "the environment variable `X` is not set")]


def created(**after: JsonValue) -> Change:
    differences = tuple(FieldDifference(path=(name,), after=value) for name, value in after.items())
    return Change(address=ADA, action=Action.CREATE, reason=Reason.ABSENT, differences=differences)


class WholeTopicSpec(WholeSpec):
    config: dict[str, int] = Field(default_factory=dict)


class WholeKind(TopicLikeKind):
    spec = WholeTopicSpec


@pytest.mark.parametrize(
    ("kind", "ours", "done"),
    [
        (TopicLikeKind(), False, False),
        (TopicLikeKind(), True, True),  # what the broker adds to what it made for us is its own business
        (WholeKind(), True, False),
    ],
    ids=["others'", "ours", "whole"],
)
def test_a_create_is_done_only_if_nothing_else_is_set(kind: TopicLikeKind, ours: bool, done: bool) -> None:  # noqa: FBT001 - a case
    spec = kind.spec.model_validate({"config": {"retention.ms": 1, "usual": 2}})
    found = Live(spec, inherited={("config", "usual"): 2})
    assert is_done(created(), found, Comparator(kind, lambda *_: None), ours=ours) is done


def test_what_else_is_set_is_named_with_its_value() -> None:
    found = Live(TopicLikeSpec(config={"retention.ms": 1}))
    stale = made_otherwise(created(), found, Comparator(TopicLikeKind(), lambda *_: None))
    assert list(map(str, stale)) == ["`config.retention.ms` was not set and is now 1"]


@pytest.mark.parametrize(("holds", "stale"), [(True, 0), (None, 0), (False, 1)])
def test_a_secret_that_nobody_named_must_not_be_set(holds: bool | None, stale: int) -> None:  # noqa: FBT001 - a case
    comparator = Comparator(UserKind(), lambda *_: holds)
    assert len(made_otherwise(created(rights="all"), live("all"), comparator)) == stale

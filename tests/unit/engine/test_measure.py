"""One field of a live resource against the wanted one, on every node that keeps the resource for itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import pytest
from pydantic import JsonValue

from mqinfra.engine.fingerprint import is_done
from mqinfra.engine.measure import IF_DIFFERENT, Measure
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.secret import SecretResolver
from mqinfra.model.spec import CreateOnly, Secret, Spec
from mqinfra.providers.base.kind import Kind, KindReading
from mqinfra.providers.base.request import Request, Result


class UserSpec(Spec):
    """A user that every node keeps for itself."""

    rights: str | None = None
    password: Annotated[dict[str, str] | None, Secret] = None
    begins_at: Annotated[int | None, CreateOnly] = None


class UserKind(Kind[None]):
    """Users, of which only the comparison is used."""

    broker, name, title, spec, entry = "test", "users", "user", UserSpec, UserSpec

    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        raise NotImplementedError

    def read(self, client: None, wanted: Iterable[Address] | None, facts: Facts, alias: str) -> KindReading:
        raise NotImplementedError

    def figures(self, client: None, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        raise NotImplementedError

    def run(self, client: None, request: Request, secrets: SecretResolver) -> Mapping[Address, Result]:
        raise NotImplementedError


ADA = Address("redis", "users", ("ada",))


def unmet(path: str, wanted: JsonValue, live: Live, *, holds: bool | None = None) -> str | None:
    return Measure(UserKind(), lambda *_: holds).unmet((path,), wanted, live, live.spec.fields())


def live(rights: str, **elsewhere: Spec | None) -> Live:
    return Live(UserSpec(rights=rights), elsewhere=elsewhere)


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
    assert unmet("rights", "all", found) == says


def test_what_is_missing_on_a_node_is_not_done() -> None:
    wanted = FieldDifference(path=("rights",), after="all")
    change = Change(address=ADA, action=Action.UPDATE, reason=Reason.DIFFERS, differences=(wanted,))
    measure = Measure(UserKind(), lambda *_: None)
    assert is_done(change, live("all", a=UserSpec(rights="all")), measure)
    assert not is_done(change, live("all", a=None), measure)


def test_how_a_resource_begins_is_never_compared() -> None:
    assert unmet("beginsAt", 5, Live(UserSpec(begins_at=7))) is None


@pytest.mark.parametrize(("holds", "says"), [(True, None), (False, "differs"), (None, IF_DIFFERENT)])
def test_a_secret_is_compared_by_whoever_can_look_it_up(holds: bool | None, says: str | None) -> None:  # noqa: FBT001 - a case
    assert unmet("password", {"env": "X"}, live("all"), holds=holds) == says

"""Where the names of clients come from, by the settings of a broker, and who is nobody then."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.origins import ONLY_SCRAM, mechanisms, only_scram
from mqinfra.providers.kafka.api.wire import Peer
from mqinfra.providers.kafka.users.meaning import objections
from mqinfra.providers.kafka.users.near import users_near

STATIC, USUAL = 4, 5
BUILDER = "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder"


@dataclass(frozen=True)
class Entry:
    """A setting of a broker."""

    value: str | None
    source: object = STATIC


def broker(**settings: Entry | str | None) -> dict[str, Entry]:
    """A broker with one listener for SCRAM, and more settings; double underscores for dots."""
    usual = {
        "sasl.enabled.mechanisms": Entry("GSSAPI", USUAL),
        "listener.name.sasl.sasl.enabled.mechanisms": Entry("SCRAM-SHA-256, SCRAM-SHA-512"),
        "principal.builder.class": Entry(BUILDER, USUAL),
        "ssl.client.auth": Entry("none", USUAL),
        "ssl.principal.mapping.rules": Entry("DEFAULT", USUAL),
    }
    more = {name.replace("__", "."): one for name, one in settings.items()}
    return usual | {name: one if isinstance(one, Entry) else Entry(one) for name, one in more.items()}


@pytest.mark.parametrize(
    ("settings", "scram"),
    [
        ({}, True),
        ({"sasl__enabled__mechanisms": "SCRAM-SHA-512"}, True),
        ({"sasl__enabled__mechanisms": "PLAIN,SCRAM-SHA-512"}, False),
        ({"sasl__enabled__mechanisms": "GSSAPI"}, False),
        ({"listener__name__oauth__sasl__enabled__mechanisms": "OAUTHBEARER"}, False),
        ({"listener__name__oauth__sasl__enabled__mechanisms": None}, False),
        ({"listener__name__sasl__sasl__enabled__mechanisms": Entry("GSSAPI", USUAL)}, False),
        ({"principal__builder__class": "com.example.Own"}, False),
        ({"listener__name__tls__ssl__client__auth": "required"}, True),
        (
            {
                "listener__name__tls__ssl__client__auth": "required",
                "ssl__principal__mapping__rules": "RULE:^CN=(.*?),.*$/$1/",
            },
            False,
        ),
        ({"ssl__principal__mapping__rules": "RULE:^CN=(.*?),.*$/$1/"}, True),
    ],
)
def test_names_are_of_scram_alone_where_nothing_else_gives_any(
    settings: dict[str, Any],
    scram: bool,  # noqa: FBT001 - a case
) -> None:
    assert only_scram(broker(**settings)) is scram
    assert not only_scram({}), "settings that can't be seen tell nothing"


def test_mechanisms_are_those_of_every_listener() -> None:
    assert mechanisms(broker()) == {"GSSAPI", "SCRAM-SHA-256", "SCRAM-SHA-512"}


@dataclass
class Scram:
    """What a broker says of users."""

    held: dict[str, dict[str, int]] | KafkaFault
    asked: list[str] = field(default_factory=list)

    def all(self) -> dict[str, dict[str, int]] | KafkaFault:
        self.asked.append("all")
        return self.held


@dataclass
class Client:
    """A client of a cluster."""

    scram: Scram
    mechanisms: frozenset[str] = frozenset()
    super_users: frozenset[str] = frozenset()
    peer: Peer = field(default_factory=lambda: Peer("kafka", "h:1", "User:me"))


def facts(**traits: str) -> Facts:
    return Facts(cluster_id="x", traits=traits)


def test_users_are_asked_for_where_they_are_all_that_there_is_and_a_no_is_no_trouble() -> None:
    client: Any = Client(Scram({"mail": {"SCRAM-SHA-512": 4096}, "empty": {}}))
    assert users_near(client, "kafka", facts()) == {}
    assert client.scram.asked == []
    assert list(users_near(client, "kafka", facts(**{ONLY_SCRAM: "true"}))) == [Address("kafka", "users", ("mail",))]
    denied: Any = Client(Scram(fault_named("CLUSTER_AUTHORIZATION_FAILED", "")))
    assert users_near(denied, "kafka", facts(**{ONLY_SCRAM: "true"})) == {}


def test_a_mechanism_that_no_listener_takes_is_an_error_with_those_that_are_taken() -> None:
    user: dict[str, Any] = {"mechanisms": ["SCRAM-SHA-256", "SCRAM-SHA-512"], "password": {"env": "X"}}
    change = Change(Address("kafka", "users", ("a",)), Action.CREATE, Reason.ABSENT, after=user)
    client: Any = Client(Scram({}), frozenset({"SCRAM-SHA-512"}))
    (found,) = objections(client, [change])
    assert found.path == ("mechanisms",)
    assert found.problem.message == "no listener of the brokers takes logins by `SCRAM-SHA-256`"
    assert found.problem.help.startswith("use one of SCRAM-SHA-512")
    assert not found.unchecked
    unseen: Any = Client(Scram({}))
    assert objections(unseen, [change]) == []

"""Credentials in parameters: recognised, kept apart, and taken out of what the server says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts, Live
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.kinds.global_parameters import GlobalParameterKind
from mqinfra.providers.rabbitmq.kinds.parameters import ParameterKind
from mqinfra.providers.rabbitmq.settings.credentials import holds_credential, is_credential, part, without
from mqinfra.providers.rabbitmq.spec.parameter import GlobalParameterSpec, ParameterSpec

SHOVEL = Address("rabbit", "parameters", ("/shop", "shovel", "move"))
KIND = ParameterKind()
FACTS = Facts(cluster_id="c")


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("uri", "amqp://u:p@h", True),
        ("uri", ["amqp://h", "amqps://u:p@h/v"], True),
        ("uri", "amqp://u:p/q@h", True),
        ("uri", "amqp://u:p q@h", True),
        ("uri", "amqps://h?keyfile=k&password=p", True),
        ("uri", "amqp://u@h", False),
        ("uri", "amqp://h:5672/%2Fshop", False),
        ("uri", "amqp:///shop", False),
        ("uri", ["amqp://", 1], False),
        ("password", "p", True),
        ("api-token", "t", True),
        ("password", "", False),
        ("token-ttl", 5, False),
        ("src-queue", "orders", False),
    ],
)
def test_credentials_are_recognised(key: str, value: JsonValue, answer: bool) -> None:  # noqa: FBT001 - a case
    assert is_credential(key, value) is answer
    assert holds_credential({key: value}) is answer


def test_a_live_value_is_taken_apart() -> None:
    parted = part({"src-uri": "amqp://u:p@h", "src-queue": "q"}, ("/shop", "shovel", "move it"))
    assert parted.shown == {"src-queue": "q"}
    assert parted.references == {"src-uri": SecretRef(env="RABBITMQ_SHOP_SHOVEL_MOVE_IT_SRC_URI")}
    assert "u:p" not in repr(parted)
    whole: JsonValue = {"uri": "amqp://h", "expires": 5}
    assert part(whole, ()).shown == whole


@pytest.mark.parametrize("value", ["amqp://u:p@h", ["amqp://u:p@h"], {"x": {"uri": "amqp://u:p@h"}}])
def test_a_credential_out_of_place_is_not_shown_at_all(value: JsonValue) -> None:
    parted = part(value, ())
    assert parted.why_not
    assert "u:p" not in repr(parted)


KEYS = st.sampled_from(["uri", "src-uri", "x", "password", "list"])
TEXTS = st.one_of(st.text(max_size=8), st.builds("amqp://u:{}@h".format, st.text(min_size=1, max_size=8)))
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@given(value=VALUES)
def test_whatever_is_shown_holds_no_credential(value: JsonValue) -> None:
    parted = part(value, ("v",))
    assert not holds_credential(parted.shown)
    if not parted.why_not and isinstance(parted.shown, dict) and isinstance(value, dict):
        assert {**parted.shown, **parted.private} == value


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            'Unrecognised terms [{&lt;&lt;"src-urii"&gt;&gt;,&lt;&lt;"amqp://u:s3cret@h"&gt;&gt;}] in s',
            "Unrecognised terms [{src-urii,***}] in s",
        ),
        ('"amqp://u:s3cret@h" not a valid URI', '"***" not a valid URI'),
        ("near 's3cret'", "near '***'"),
        ("<<115,51,99,114,101,116>> is odd", "*** is odd"),
        ("amqp://other:one@h", "amqp://***@h"),
        ('Key "dest-uri" not found in s', 'Key "dest-uri" not found in s'),
    ],
)
def test_a_message_is_cleared(said: str, left: str) -> None:
    assert without(said, ["amqp://u:s3cret@h"], ["src-urii"]) == left


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"value": {"src-uri": "amqp://u:planted@h"}}, "`src-uri` holds a password in clear"),
        ({"value": {"deep": {"uri": ["amqp://u:planted@h"]}}}, "`deep` holds a password in clear"),
        ({"value": {"uri": "amqp://h"}, "secrets": {"uri": {"env": "X"}}}, "under both `value` and `secrets`"),
        ({"value": [1], "secrets": {"uri": {"env": "X"}}}, "need a mapping"),
        ({"value": {}, "secrets": {"uri": "amqp://u:planted@h"}}, ""),
    ],
)
def test_a_password_in_clear_is_refused_without_being_repeated(data: dict[str, Any], words: str) -> None:
    for model in (ParameterSpec, GlobalParameterSpec):
        with pytest.raises(ValidationError) as caught:
            model.model_validate(data)
        assert words in str(caught.value)
        assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("component", "data", "words"),
    [
        ("shovel", {"value": {"dest-uri": "amqp://"}}, "needs `src-uri`"),
        ("shovel", {"value": {"dest-uri": "amqp://"}, "secrets": {"src-uri": {"env": "X"}}}, ""),
        ("federation-upstream", {"value": {"expires": 1}}, "needs `uri`"),
        ("federation-upstream", {"value": [1]}, "must be a mapping"),
        ("federation-upstream-set", {"value": {"a": 1}}, "must be a list"),
        ("federation-upstream-set", {"value": []}, ""),
        ("their-own", {}, ""),
    ],
)
def test_what_the_servers_plugins_refuse_is_found_before(component: str, data: dict[str, Any], words: str) -> None:
    after = ParameterSpec.model_validate(data).to_json()
    address = Address("rabbit", "parameters", ("v", component, "x"))
    answer = KIND.simulate(Change(address, Action.CREATE, Reason.ABSENT, after=after), None, FACTS)
    assert isinstance(answer, Problem) is bool(words)
    if isinstance(answer, Problem):
        assert words in answer.message


@pytest.mark.parametrize("component", ["policy", "operator_policy", "vhost-limits"])
def test_components_that_are_kinds_of_their_own_are_refused(component: str) -> None:
    problem = KIND.name_problem(Address("rabbit", "parameters", ("v", component, "x")))
    assert problem is not None
    assert "declare" in problem.help
    assert KIND.path_of({"vhost": "v", "component": component, "name": "x"}) is None


def test_secrets_are_compared_with_what_the_server_shows() -> None:
    def secrets(reference: SecretRef) -> SecretValue:
        return SecretValue(f"amqp://u:{reference.env}@h")

    live = Live(ParameterSpec(), private={"uri": "amqp://u:A@h", "more": ["amqp://u:A@h", "amqp://u:B@h"]})
    cases: list[tuple[str, JsonValue, bool]] = [
        ("uri", {"env": "A"}, True),
        ("uri", [{"env": "A"}], True),
        ("uri", {"env": "B"}, False),
        ("more", [{"env": "A"}, {"env": "B"}], True),
        ("more", [{"env": "B"}, {"env": "A"}], False),
        ("none", {"env": "A"}, False),
        ("uri", None, False),
        ("none", None, True),
    ]
    for key, wanted, answer in cases:
        assert KIND.holds_secret(live, ("secrets", key), wanted, secrets) is answer, (key, wanted)


def test_requests_hold_references_only() -> None:
    after = ParameterSpec.model_validate({"value": {"a": 1}, "secrets": {"uri": {"env": "X"}}}).to_json()
    [request] = KIND.requests([Change(SHOVEL, Action.CREATE, Reason.ABSENT, after=after)], FACTS)
    assert request.api == "PUT /api/parameters/{component}/{vhost}/{name}"
    assert dict(request.body[SHOVEL]) == {"value": {"a": 1}, "secrets": {"uri": {"env": "X"}}}


@pytest.mark.parametrize("name", ["internal_cluster_id", "cluster_name", "cluster_tags"])
def test_what_the_server_keeps_for_itself_is_internal(name: str) -> None:
    assert GlobalParameterKind().internal(Address("rabbit", "globalParameters", (name,)))
    assert GlobalParameterKind().internal(Address("rabbit", "globalParameters", ("mine",))) is None


@pytest.mark.parametrize("value", [0, False, "", [], {}, 1.5, {"a": None}])
def test_global_parameters_are_any_json_but_null(value: JsonValue) -> None:
    GlobalParameterSpec.model_validate({"value": value})


@pytest.mark.parametrize("data", [{}, {"value": None}])
def test_a_global_parameter_without_a_value_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GlobalParameterSpec.model_validate(data)

import pytest

from mqinfra.providers.base.request import Lost, Refused
from mqinfra.providers.kafka.api.faults import fault_named, result_of


@pytest.mark.parametrize(
    ("name", "kind", "retry"),
    [
        ("_TIMED_OUT", Lost, None),
        ("_TRANSPORT", Lost, None),
        ("_BAD_MSG", Lost, None),
        ("_DESTROY_BROKER", Lost, None),
        ("REQUEST_TIMED_OUT", Lost, None),
        ("UNKNOWN", Lost, None),
        ("TOPIC_ALREADY_EXISTS", Refused, False),
        ("INVALID_PARTITIONS", Refused, False),
        ("INVALID_CONFIG", Refused, False),
        ("POLICY_VIOLATION", Refused, False),
        ("THROTTLING_QUOTA_EXCEEDED", Refused, True),
        ("NOT_CONTROLLER", Refused, True),
        ("UNKNOWN_LEADER_EPOCH", Refused, True),
        ("FENCED_LEADER_EPOCH", Refused, True),
        ("OFFSET_NOT_AVAILABLE", Refused, True),
        ("TOPIC_AUTHORIZATION_FAILED", Refused, False),
    ],
)
def test_faults_become_results(name: str, kind: type, retry: bool | None) -> None:  # noqa: FBT001 - a case
    result = result_of(fault_named(name, "the broker's words"), "CreateTopics", "orders", "User:me")
    assert type(result) is kind
    if isinstance(result, Refused):
        assert result.retry is retry


def test_a_refusal_keeps_the_brokers_words() -> None:
    assert result_of(fault_named("POLICY_VIOLATION", "Names begin with a team"), "CreateTopics", "x", "") == Refused(
        "Names begin with a team"
    )


@pytest.mark.parametrize(
    ("api", "right"),
    [
        ("CreateTopics", "Create"),
        ("CreatePartitions", "Alter"),
        ("IncrementalAlterConfigs", "AlterConfigs"),
        ("DeleteTopics", "Delete"),
    ],
)
def test_a_missing_right_is_named_with_the_way_to_grant_it(api: str, right: str) -> None:
    result = result_of(fault_named("TOPIC_AUTHORIZATION_FAILED", "Authorization failed."), api, "orders", "User:me")
    assert isinstance(result, Refused)
    assert result.message == f"not allowed: this needs {right} on topic `orders`"
    assert f"--allow-principal User:me --operation {right} --topic orders" in result.help[0]


def test_a_call_whose_right_is_not_known_has_general_advice() -> None:
    result = result_of(fault_named("TOPIC_AUTHORIZATION_FAILED", "no"), "ElectLeaders", "orders", "User:me")
    assert result == Refused(
        "not allowed: the caller may not send ElectLeaders for topic `orders`",
        ("an administrator can see who may do what to it: `kafka-acls --list --topic orders`",),
    )


def test_a_dump_of_the_brokers_request_is_not_repeated() -> None:
    dump = "Request Request(processor=1, connectionId=...) is not authorized."
    result = result_of(fault_named("CLUSTER_AUTHORIZATION_FAILED", dump), "CreateTopics", "orders", "")
    assert "processor" not in str(result)

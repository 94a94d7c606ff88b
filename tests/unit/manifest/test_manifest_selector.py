"""What `--select`, `--exclude` and overrides mean."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.selector import Selector
from mqinfra.model.setting import Problem


def meant(text: str, address: str, kind: str = "kafka/topics") -> bool:
    selector = Selector.parse(text)
    assert isinstance(selector, Selector), selector
    labels = {"team": "orders", "tier": ""}
    return selector.matches(Address.parse(address), kind, labels, "topology/orders.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind:topics", True),
        ("kind:kafka/topics", True),
        ("kind:rabbitmq/topics", False),
        ("name:orders.*", True),
        ("name:*.created", True),
        ("name:o*d*c*d", True),
        ("name:orders", False),
        ("name:orders.created.*", False),
        ("label:team", True),
        ("label:team=orders", True),
        ("label:team=ord*", True),
        ("label:team=", False),
        ("label:tier=", True),
        ("label:nobody", False),
        ("cluster:kafka", True),
        ("cluster:kafka2", False),
        ("file:topology/*", True),
        ("file:orders.yaml", False),
        ("kind:topics,label:team=orders", True),
        ("kind:topics, label:team=payments", False),
        ("kafka/topics/orders.created", True),
        ("kafka/topics/*", True),
        ("*/topics/orders.created", True),
        ("kafka/topics/orders", False),
        ("kafka/*/*/*", False),
        ("kafka/topics/*,label:team=orders", True),
    ],
)
def test_a_selector_means_what_all_its_terms_say(text: str, *, expected: bool) -> None:
    assert meant(text, "kafka/topics/orders.created") is expected


def test_pairs_of_an_address_are_one_term_in_any_order() -> None:
    address = "kafka/quotas/client-id=web,user=billing"
    assert meant("kafka/quotas/client-id=web,user=billing", address, "kafka/quotas")
    assert meant("kafka/quotas/user=billing,client-id=web,label:team=orders", address, "kafka/quotas")
    assert meant("name:user=bill*,client-id=*", address, "kafka/quotas")
    assert not meant("kafka/quotas/client-id=web", address, "kafka/quotas")


def test_encoded_characters_stand_for_themselves() -> None:
    assert meant("name:a%2cb%2A", "kafka/topics/a%2Cb%2A")
    assert meant("kafka/topics/a%2cb%2a", "kafka/topics/a%2Cb%2A")
    assert not meant("kafka/topics/a%2Cb%2A", "kafka/topics/a%2Cbc")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "`` is not a valid selector"),
        ("orders", "`orders` is not a valid selector"),
        ("kind:", "`kind:` needs a value"),
        ("label:=x", "`label:` needs a key"),
        ("knd:topics", "unknown key of a selector: `knd:`"),
        ("kafka/topics", "`kafka/topics` is neither a selector nor an address"),
        ("name:100%", "`name:100%` is not a valid selector"),
        ("name:%FF", "`name:%FF` is not a valid selector"),
        ("kind:topics,user=billing", "`user=billing` is not a valid selector"),
    ],
)
def test_a_broken_selector_is_a_problem_with_a_way_out(text: str, said: str) -> None:
    problem = Selector.parse(text)
    assert isinstance(problem, Problem)
    assert problem.message.startswith(said)
    assert problem.help


def test_a_pattern_with_many_stars_does_not_stall() -> None:
    assert not meant("name:" + "*a" * 200 + "b", "kafka/topics/" + "a" * 5000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind:topics", (True, True)),
        ("kind:kafka/topics", (True, True)),
        ("kind:rabbitmq/topics", (False, False)),
        ("kind:top*,cluster:main", (True, True)),
        ("kind:topics,cluster:other", (False, False)),
        ("kind:topics,name:orders.*", (True, False)),
        ("name:orders.*", (True, False)),
        ("label:team=orders", (True, False)),
        ("main/topics/orders.*", (True, False)),
        ("main/acls/orders.*", (False, False)),
        ("other/topics/orders.*", (False, False)),
        ("cluster:main", (True, True)),
    ],
)
def test_it_is_known_of_a_kind_whether_anything_or_everything_may_be_meant(
    text: str, expected: tuple[bool, bool]
) -> None:
    selector = Selector.parse(text)
    assert isinstance(selector, Selector), selector
    asked = "main", "kafka/topics"
    assert (selector.may_match_among(*asked), selector.means_all_among(*asked)) == expected

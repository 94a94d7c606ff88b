"""The keys of records and locks: no two owners share one, each lies in one slot, and the docs say what they take."""

from itertools import product

import pytest

from mqinfra.model.record import Owner
from mqinfra.providers.redis.acl.glob import matches
from mqinfra.providers.redis.api.slots import hash_tag, slot_of
from mqinfra.providers.redis.records import names
from tests.unit.test_docs import DOCS

NAMES = (
    "shop",
    "shop/it",
    "it",
    "it/it",
    "",
    "a}b",
    "{a",
    "50%",
    "50%25",
    "%2F",
    "größe",
    "a b",
    "*",
    "[a]?\\",
    "\ud83d",
)
OWNERS = [Owner(project, environment) for project, environment in product(NAMES, NAMES)]


def test_no_two_owners_share_a_key() -> None:
    assert len({names.records_key(owner) for owner in OWNERS}) == len(OWNERS)
    assert len({names.lock_key(owner) for owner in OWNERS}) == len(OWNERS)


@pytest.mark.parametrize("owner", OWNERS[::5], ids=str)
def test_an_owner_is_known_by_his_name_on_the_list(owner: Owner) -> None:
    assert names.owner_of(names.member(owner)) == owner


@pytest.mark.parametrize("text", ["shop", "shop/it/more", "shop/%zz", "%FF/it", "{shop}/it", "s%68op/it", "\udcff/it"])
def test_what_we_would_not_write_names_nobody(text: str) -> None:
    assert names.owner_of(text) is None


def test_the_lock_lies_in_the_slot_of_the_records_whatever_the_names() -> None:
    for owner in OWNERS:
        key = names.records_key(owner)
        assert hash_tag(key) == f"mqinfra:{names.member(owner)}"
        assert slot_of(key) == slot_of(names.lock_key(owner))


def test_rights_are_to_the_own_keys_alone() -> None:
    for owner in OWNERS:
        pattern = names.record_rights(owner)[0].split()[0].removeprefix("(~")
        assert [one for one in OWNERS if matches(pattern, names.records_key(one))] == [owner]


def test_every_key_of_ours_is_internal_and_no_other_is() -> None:
    assert all(names.is_internal(names.records_key(owner)) for owner in OWNERS)
    assert names.is_internal(names.PROJECTS)
    assert not any(map(names.is_internal, ("mqinfra", "{mqinfra2}:orders", "mqinfra:shop", "{shop}:orders")))


def test_the_docs_say_which_rights_they_take() -> None:
    text = (DOCS / "connections.md").read_text(encoding="utf-8")
    owner = Owner("PROJECT", "ENV")
    for rights in (names.record_rights(owner), names.lock_rights(owner)):
        assert f"`{' '.join(rights)}`" in text


def test_texts_of_any_letters_come_back_as_they_were() -> None:
    for text in ("", "größe", "\ud83d", "\udcff", "a\0b", "\U0001f600"):
        assert names.as_kept(names.as_sent(text)) == text
    assert names.as_kept("\udcff") is None

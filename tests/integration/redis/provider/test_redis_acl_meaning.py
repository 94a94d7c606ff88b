"""Our reading of ACL rules against the server's own: ACL DRYRUN of every command, for lists of rules by the dozen."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from mqinfra.providers.redis.acl.commands import CATEGORIES
from mqinfra.providers.redis.acl.rights import Rights
from mqinfra.providers.redis.acl.rules import FREE, Table
from mqinfra.providers.redis.users.reading import GetUser
from tests.brokers.redis.admin import Admin
from tests.brokers.redis.deployment import RedisDeployment

ROUNDS = 12
FIRST_ARGUMENTS = ("get", "select", "xadd")


def table_of(admin: Admin) -> Table:
    names = [str(name) for name in admin.call("ACL", "CAT")]
    return Table({name: frozenset(map(str, admin.call("ACL", "CAT", name))) for name in names})


def random_rules(table: Table, seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - the same lists on every machine, no secret
    words = [*(f"@{name}" for name in sorted(table.categories)), "@all"] * 3 + sorted(table.names)
    rules = [chance.choice("++-") + chance.choice(words) for _ in range(chance.randint(1, 9))]
    # First arguments, each of which a rule about its whole command makes void.
    rules += [f"+{chance.choice(FIRST_ARGUMENTS)}|{chance.choice('xy')}" for _ in range(chance.randint(0, 2))]
    return chance.sample(rules, len(rules))


def arities(rows: list[Any]) -> Iterator[tuple[str, int]]:
    for row in rows:
        yield str(row[0]), int(row[1])
        yield from arities(row[9])


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_server_allows_exactly_what_the_rules_expand_to(redis_each: RedisDeployment, seed: int) -> None:
    redis_each.wipe()
    admin = redis_each.nodes[0].admin
    table = table_of(admin)
    rules = random_rules(table, seed)
    admin.call("ACL", "SETUSER", "t", "reset", "on", "~*", "&*", *rules)
    granted = table.expand(rules)
    user = GetUser.parse(admin.call("ACL", "GETUSER", "t"))
    assert user is not None
    assert table.expand(user.spec.commands) == granted, "what the server says of it means something else"
    needs = dict(arities(admin.call("COMMAND")))
    wrong = {}
    for name in sorted(table.atoms):
        words = name.split("|")
        words += ["1"] * max(0, abs(needs[name]) - len(words))
        allowed = "has no permissions to run" not in str(admin.call("ACL", "DRYRUN", "t", *words))
        if allowed != (name in granted.commands):
            wrong[name] = allowed
    assert wrong == {}, rules
    for name in sorted(FREE):
        words = [name, *["1"] * max(0, abs(needs[name]) - 1)]
        assert "has no permissions" not in str(admin.call("ACL", "DRYRUN", "t", *words))


def random_glob(chance: random.Random) -> str:
    signs = [
        "a",
        "b",
        "é",
        "*",
        "?",
        "\\a",
        "\\*",
        "[ab]",
        "[^a]",
        "[b-a]",
        "[a-",
        "[]",
        "[\\]a]",
        "[a",
        "^",
        "-",
        "]",
        "\\",
    ]
    return "".join(chance.choice(signs) for _ in range(chance.randint(1, 5)))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_server_allows_exactly_the_keys_that_the_patterns_cover(redis_each: RedisDeployment, seed: int) -> None:
    redis_each.wipe()
    admin = redis_each.nodes[0].admin
    chance = random.Random(seed)  # noqa: S311 - as above
    patterns = [chance.choice(("~", "%R~", "%W~", "%RW~")) + random_glob(chance) for _ in range(3)]
    rights = Rights.of(["+xadd", "+xreadgroup"], patterns)
    admin.call("ACL", "SETUSER", "t", "reset", "on", "+xadd", "+xreadgroup", *patterns)
    keys = ["".join(chance.choice("abé*]\\^-[") for _ in range(chance.randint(1, 4))) for _ in range(200)]
    may_add, may_read = rights.may("xadd", set(keys)), rights.may("xreadgroup", set(keys))
    wrong = {}
    for key in keys:
        adds = admin.call("ACL", "DRYRUN", "t", "XADD", key, "*", "f", "v") == "OK"
        reads = admin.call("ACL", "DRYRUN", "t", "XREADGROUP", "GROUP", "g", "c", "STREAMS", key, ">") == "OK"
        if (adds, reads) != (key in may_add, key in may_read):
            wrong[key] = adds, reads
    assert wrong == {}, patterns


def test_the_sandboxs_table_is_that_of_redis_7(redis_7: RedisDeployment) -> None:
    assert table_of(redis_7.nodes[0].admin).categories == dict(CATEGORIES)

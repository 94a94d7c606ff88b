"""`users.acl` → manifests → a server: users that may do the very same, by ACL DRYRUN of every command."""

from pathlib import Path

from mqinfra.providers.redis.users.reading import GetUser
from tests.brokers.redis.admin import Admin
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.provider.test_redis_acl_meaning import arities, table_of

USERS = {
    "feed": "on nopass ~{shop}:activity &feed:* -@all +@read +@stream -flushall -xtrim",
    "board": "on nopass %R~{shop}:* ~b:* resetchannels +@read -@dangerous (%W~{shop}:notes +set +del) (~cache:* +@all)",
    "ops": "on nopass allkeys allchannels allcommands -@admin +config|get -acl +acl|whoami",
    "old": "off nopass ~old:* ~x resetkeys ~old:* +get +@all nocommands +get +client|setname",
    "nobody": "on nopass",
    "again": "on nopass +@all ~* reset on nopass ~again:* +set",
}
KEYS = ("{shop}:activity", "{shop}:notes", "b:1", "cache:1", "old:1", "again:1", "x")
CHANNELS = ("feed:1", "other")


def allowed(admin: Admin, user: str, *words: str) -> str:
    return str(admin.call("ACL", "DRYRUN", user, *words)).replace(user, "USER")


def answers(admin: Admin, user: str) -> dict[tuple[str, ...], str]:
    """What the server says of every command, of some on each key, and of channels."""
    needs = dict(arities(admin.call("COMMAND")))
    calls: list[tuple[str, ...]] = []
    for name in sorted(table_of(admin).atoms):
        words = name.split("|")
        calls.append((*words, *["1"] * max(0, abs(needs[name]) - len(words))))
    for key in KEYS:
        calls += [("get", key), ("set", key, "1"), ("del", key), ("xadd", key, "*", "a", "1"), ("getset", key, "1")]
    calls += [(word, channel) for channel in CHANNELS for word in ("subscribe", "psubscribe")]
    return {call: allowed(admin, user, *call) for call in calls}


def test_users_of_an_acl_file_may_do_the_same_after_they_were_converted(shop: Shop, redis_7: RedisDeployment) -> None:
    redis_7.wipe()
    admin = redis_7.nodes[0].admin
    for name, rules in USERS.items():
        admin.call("ACL", "SETUSER", f"file.{name}", *_words(rules))
    lines = "".join(f"user {name} {rules}\n" for name, rules in USERS.items())
    Path("users.acl").write_text(lines, encoding="utf-8")
    shop.on(redis_7)
    converted = shop.mq("convert", "users.acl", "--name", "shop")
    assert converted.code == 0, converted.text
    (shop.root / "topology" / "shop.yaml").write_text(converted.out, encoding="utf-8")
    assert shop.mq("validate").code == 0
    shop.apply()
    for name in USERS:
        assert answers(admin, name) == answers(admin, f"file.{name}"), name
        read = [GetUser.parse(admin.call("ACL", "GETUSER", user)) for user in (name, f"file.{name}")]
        ours, theirs = [(one.spec.enabled, one.spec.nopass) if one is not None else None for one in read]
        assert ours == theirs, name


def _words(rules: str) -> list[str]:
    """As the server takes rules apart: a selector in brackets is one word."""
    words: list[str] = []
    for word in rules.split():
        if words and words[-1].startswith("(") and not words[-1].endswith(")"):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words

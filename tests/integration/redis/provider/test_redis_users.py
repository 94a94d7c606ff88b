"""ACL users on real servers: compared by meaning, kept over restarts, rotated, and never the caller's own end."""

import os
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.cli.test_forged import forge
from tests.days import SOON
from tests.integration.redis.provider.bare import BareServer
from tests.integration.redis.provider.conftest import Shop, resource_changes, sha256
from tests.waiting import until

# Lists of rules that mean the same, whatever order and categories they are written in, and a command they allow.
MEANINGS = [
    (["+@read", "+@hash", "-get"], ["+@hash", "+@read", "-get", "-get"], "hget"),
    (["+@all", "-@dangerous"], ["+@all", "-@dangerous", "-@dangerous", "-flushall"], "get"),
    (["+@stream", "+ping"], ["+ping", "+@stream", "-set"], "xadd"),
    (
        ["+config"],
        ["+config|get", "+config|set", "+config|rewrite", "+config|resetstat", "+config|help"],
        "config|get",
    ),
    (["+xadd"], ["+@all", "nocommands", "+XADD"], "xadd"),
    (["+@write", "-@write", "+get"], ["+get"], "get"),
    (["+@read", "+get|x", "+@connection", "+select|0"], ["+@read", "+@connection"], "select"),
    (["+get", "+set|nx"], ["+set|NX", "+get"], "get"),
]


def client(deployment: RedisDeployment, user: str, password: str) -> redis.Redis:
    return redis.Redis(
        host=deployment.host, port=deployment.port, username=user, password=password, decode_responses=True
    )


@pytest.mark.parametrize(("one", "other", "allowed"), MEANINGS)
def test_the_same_in_other_words_is_no_difference(
    shop: Shop, redis_each: RedisDeployment, one: list[str], other: list[str], allowed: str
) -> None:
    redis_each.wipe()
    shop.on(redis_each)
    shop.declare(users={"u": {"commands": one, "keys": ["~a", "%R~b"]}})
    shop.apply()
    shop.settled(redis_each)
    shop.declare(users={"u": {"commands": other, "keys": ["%R~b", "%RW~a", "%W~a"]}})
    assert shop.changes() == {}
    shop.declare(users={"u": {"commands": [*other, "+swapdb"], "keys": ["~a", "%R~b"]}})
    added = [item["note"] for item in shop.changes()["users/u"]["differences"]]
    assert added == ["adds `swapdb`"]
    shop.declare(users={"u": {"commands": [*other, f"-{allowed}"], "keys": ["~a", "%R~b"]}})
    taken = [item["note"] for item in shop.changes()["users/u"]["differences"]]
    assert taken == [f"takes away `{allowed}`"]


def test_rules_set_by_hand_in_another_way_are_no_drift(shop: Shop, redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    shop.on(redis_each)
    admin = redis_each.nodes[0].admin
    admin.call("ACL", "SETUSER", "u", "on", "-@all", "+@hash", "+@read", "-get", "+get", "-get", "%W~x", "~x", "&c")
    admin.call("ACL", "SETUSER", "u", "(~y +@fast -@fast +xadd)", "(~y +xadd)")
    selectors = [{"commands": ["+xadd"], "keys": ["~y"]}]
    shop.declare(
        users={
            "u": {"commands": ["+@read", "+@hash", "-get"], "keys": ["~x"], "channels": ["&c"], "selectors": selectors}
        }
    )
    assert shop.changes() == {}


def test_rules_that_everything_covers_are_no_difference(shop: Shop, redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    shop.on(redis_each)
    shop.declare(users={"u": {"commands": ["+@all", "+get|x"]}})
    shop.apply()
    shop.settled(redis_each)
    shop.declare(users={"u": {"commands": ["+select|0", "+@all"]}})
    assert shop.changes() == {}


def test_the_value_of_a_single_node_is_shown_in_every_format(shop: Shop, pair: RedisDeployment) -> None:
    shop.on(pair)
    shop.declare(users={"feed": {"commands": ["+ping"], "keys": ["~feed"], "passwords": []}})
    shop.apply()
    primary, replica = pair.nodes
    replica.admin.call("ACL", "SETUSER", "feed", "nopass", "~*", "+@all")
    by_path = {item["path"][0]: item["nodes"] for item in shop.changes()["users/feed"]["differences"]}
    assert by_path == {
        "nopass": {replica.address: True},
        "keys": {replica.address: ["~*"]},
        "commands": {replica.address: ["+@all"]},
    }
    said = " ".join(shop.mq("plan").out.split())
    assert f"nopass true -> false on {replica.address}" in said
    assert f"keys - ~* + ~feed on {replica.address}" in said
    assert f"commands - @all + ping on {replica.address}" in said
    said = " ".join(shop.mq("plan", "-o", "markdown").out.split())
    assert f"nopass true -> false (on {replica.address})" in said
    assert f"keys - ~* + ~feed (on {replica.address})" in said
    assert f"commands - @all + ping (on {replica.address}" in said
    primary.admin.call("ACL", "SETUSER", "feed", "allkeys")
    replica.admin.call("ACL", "DELUSER", "feed")
    lines = [line.strip() for line in shop.mq("plan").out.splitlines()]
    [own] = [number for number, line in enumerate(lines) if line.startswith("keys")]
    assert "- ~* + ~feed" in lines[own]
    assert lines[own + 1] == f"absent  on {replica.address}"
    shop.apply()
    shop.settled(pair)


def test_a_password_rotates_with_two_valid_at_once(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    monkeypatch.setenv("OLD", "old-planted-secret")
    monkeypatch.setenv("NEW", "new-planted-secret")
    rules: dict[str, Any] = {"commands": ["+ping"]}
    works: list[tuple[bool, bool]] = []
    for passwords in ([{"env": "OLD"}], [{"env": "OLD"}, {"env": "NEW"}], [{"env": "NEW"}]):
        shop.declare(users={"feed": {**rules, "passwords": passwords}})
        said = shop.mq("plan", "-v").text + shop.mq("plan", "-o", "json").text + shop.apply().text
        said += shop.mq("plan", "--requests").text + shop.mq("export").text + shop.mq("snapshot").text
        for secret in ("old-planted-secret", "new-planted-secret"):
            assert secret not in said
            assert sha256(secret) not in said
        shop.settled(single)
        works.append((lets_in(single, "old-planted-secret"), lets_in(single, "new-planted-secret")))
    assert works == [(True, False), (True, True), (False, True)]
    for path in Path().rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "planted-secret" not in text
            assert sha256("new-planted-secret") not in text


def lets_in(deployment: RedisDeployment, password: str) -> bool:
    try:
        with client(deployment, "feed", password) as connection:
            return bool(connection.ping())
    except redis.AuthenticationError:
        return False


def test_passwords_that_nobody_speaks_of_stay(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    single.nodes[0].admin.call("ACL", "SETUSER", "feed", "on", ">by-hand", "+get")
    shop.declare(users={"feed": {"commands": ["+ping"]}})
    shop.apply()
    assert lets_in(single, "by-hand")
    shop.declare(users={"feed": {"commands": ["+ping"], "passwords": []}})
    shop.apply()
    assert not lets_in(single, "by-hand")
    shop.settled(single)


def test_a_plan_needs_no_secret(shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.on(single)
    monkeypatch.setenv("FEED", "planted-secret")
    shop.declare(users={"feed": {"passwords": [{"env": "FEED"}]}})
    shop.apply()
    monkeypatch.delenv("FEED")
    ran = shop.mq("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.text
    assert "users/feed  passwords: not compared, the environment variable `FEED` is not set" in ran.out
    # What else differs is changed without it, and the password stays.
    shop.declare(users={"feed": {"passwords": [{"env": "FEED"}], "commands": ["+ping"]}})
    shop.apply()
    assert lets_in(single, "planted-secret")
    monkeypatch.setenv("FEED", "rotated")
    ran = shop.mq("plan", "--detailed-exitcode")
    assert ran.code == 2, ran.text
    assert "another value -> from $FEED" in ran.out
    assert "broker default" not in ran.out


def test_a_user_that_somebody_else_made_is_not_taken_for_the_planned_one(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    monkeypatch.setenv("FEED", "planted-secret")
    shop.declare(users={"feed": {"commands": ["+ping"]}, "api": {"commands": ["+ping"]}})
    assert shop.mq("plan", "-o", "json=plan.json").code == 0
    single.nodes[0].admin.call("ACL", "SETUSER", "feed", "on", ">by-hand", "+ping")
    single.nodes[0].admin.call("ACL", "SETUSER", "api", "on", "+ping", "~secret:*")
    ran = shop.mq("apply", "plan.json")
    assert ran.code == 5, ran.text
    assert "`passwords` was not set and is now set" in ran.err
    assert '`keys` was absent, to be [] and is now ["~secret:*"]' in ran.err


def test_users_that_restarts_take_are_warned_of_before_and_shown_after(shop: Shop, tmp_path: Path) -> None:
    users = {"feed": {"commands": ["+ping"]}, "api": {"commands": ["+get"]}}
    with BareServer(tmp_path / "redis") as server:
        shop.connect({"host": "127.0.0.1", "port": server.port})
        shop.declare(streams={"orders": {}}, users=users)
        assert "MQ412" in shop.codes()
        shop.apply()
        assert shop.changes() == {}
        server.restart()
        assert {name: change["action"] for name, change in shop.changes().items()} == {
            "streams/orders": "create",
            "users/api": "create",
            "users/feed": "create",
        }


@pytest.mark.parametrize("acl_file", [False, True])
def test_users_outlast_a_restart_where_the_server_can_write_them(shop: Shop, tmp_path: Path, *, acl_file: bool) -> None:
    deployment = RedisDeployment(installed(DEFAULT), tmp_path / "redis", Settings(topology="pair", acl_file=acl_file))
    try:
        deployment.start()
        shop.on(deployment)
        shop.declare(users={"feed": {"commands": ["+ping"]}, "api": {"commands": ["+get"]}})
        assert "MQ412" not in shop.codes()
        shop.apply()
        deployment.restart()
        assert shop.changes() == {}
        shop.declare(removed={"redis/users/api": {}}, users={"feed": {"commands": ["+ping"]}})
        shop.apply()
        deployment.restart()
        assert [node.admin.call("ACL", "USERS") for node in deployment.nodes] == [["default", "feed"]] * 2
        shop.settled(deployment)
    finally:
        deployment.close()


def test_users_that_could_not_be_saved_are_said_to_be_so(shop: Shop, tmp_path: Path) -> None:
    deployment = RedisDeployment(installed(DEFAULT), tmp_path / "redis", Settings(acl_file=True))
    try:
        deployment.start()
        shop.on(deployment)
        shop.declare(users={"feed": {"commands": ["+ping"]}})
        deployment.nodes[0].acl_file.unlink()
        deployment.nodes[0].acl_file.mkdir()
        ran = shop.apply()
        node = deployment.nodes[0]
        assert f"not saved on {node.address}, lost when it restarts" in ran.text
        plan = shop.plan()
        assert (plan["changes"], [found["code"] for found in plan["diagnostics"]]) == ([], ["MQ425"])
        assert "has not worked since the start" in plan["diagnostics"][0]["message"]
        node.acl_file.rmdir()
        node.admin.call("ACL", "SAVE")
        assert "can't tell" in shop.plan()["diagnostics"][0]["message"]
        node.admin.call("CONFIG", "RESETSTAT")
        assert shop.codes() == []
    finally:
        deployment.close()


@pytest.mark.parametrize(
    ("acl_file", "call", "more"),
    [(True, "ACL SAVE", "not loaded yet"), (False, "CONFIG REWRITE", "`CONFIG SET` was used on")],
)
def test_what_saving_users_writes_besides_is_said_before(
    shop: Shop, tmp_path: Path, *, acl_file: bool, call: str, more: str
) -> None:
    deployment = RedisDeployment(installed(DEFAULT), tmp_path / "redis", Settings(topology="pair", acl_file=acl_file))
    try:
        deployment.start()
        shop.on(deployment)
        node = deployment.nodes[0]
        node.admin.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        if acl_file:
            with node.acl_file.open("a", encoding="utf-8") as file:
                file.write("user added-by-hand on nopass +ping\n")
        shop.declare(users={"feed": {"commands": ["+ping"]}})
        [found] = shop.plan()["diagnostics"]
        assert (found["code"], found["severity"]) == ("MQ424", "warning")
        assert f"`{call}` on `{node.address}`, `{deployment.nodes[1].address}`" in found["message"]
        assert more in found["message"]
        listed = shop.mq("plan", "--requests").out
        assert listed.index("ACL SETUSER") < listed.index(call)
        assert listed.count(call) - listed.count(f"`{call}`") == 1
        shop.apply()
        # Both are true: the hand's user is gone, and the setting is in the file for good.
        text = (node.acl_file if acl_file else node.config_file).read_text(encoding="utf-8")
        assert ("user feed" in text, "added-by-hand" in text) == (True, False)
        assert ("maxmemory-policy allkeys-lru" in text) is not acl_file
        assert shop.codes() == []
    finally:
        deployment.close()


def test_the_callers_own_user_is_safe(shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    single.nodes[0].admin.call("ACL", "SETUSER", "deployer", "on", ">deployer-secret", "+@all", "~*", "&*")
    monkeypatch.setenv("DEPLOYER", "deployer-secret")
    monkeypatch.setenv("OTHER", "another-secret")
    shop.on(single, username="deployer", password={"env": "DEPLOYER"})
    whole: dict[str, Any] = {"commands": ["+@all"], "keys": ["~*"], "channels": ["&*"]}
    shop.declare(users={"deployer": {**whole, "enabled": False}})
    assert "MQ710" in shop.codes()
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(users={"deployer": {**whole, "commands": ["+@read"]}})
    assert any("would lose `acl|getuser`" in found["message"] for found in shop.plan()["diagnostics"])
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(removed={"redis/users/deployer": {"evenIf": ["consumers"], "until": SOON}})
    assert "MQ710" in shop.codes()
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(removed={"redis/users/default": {"evenIf": ["consumers"], "until": SOON}})
    assert "MQ711" in shop.codes()
    shop.declare(users={"deployer": {**whole, "passwords": [{"env": "OTHER"}]}, "feed": {}})
    ran = shop.mq("apply", "--auto-approve")
    assert "would lock out `deployer`" in ran.text
    assert ran.code == 4
    shop.declare(users={"deployer": {**whole, "passwords": [{"env": "DEPLOYER"}, {"env": "OTHER"}]}, "feed": {}})
    shop.apply()
    shop.settled(single)


def test_deleting_a_user_that_is_connected_needs_consent(shop: Shop, single: RedisDeployment) -> None:
    single.nodes[0].admin.call("ACL", "SETUSER", "feed", "on", ">pw", "+@all")
    shop.on(single)
    with client(single, "feed", "pw") as connection:
        connection.client_setname("worker-7")
        shop.declare(removed={"redis/users/feed": {}})
        [cost] = shop.changes()["users/feed"]["costs"]
        assert cost["text"] == "1 active consumer would be cut off: worker-7"
        assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(removed={"redis/users/feed": {"evenIf": ["consumers"], "until": SOON}})
    shop.apply()
    assert single.nodes[0].admin.call("ACL", "USERS") == ["default"]


def test_all_secrets_are_looked_up_before_the_first_write(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    rules = {"commands": ["+get"], "keys": ["~a"]}
    monkeypatch.setenv("FIRST_PW", "one")
    shop.declare(
        streams={"m1": {"groups": {"g": {}}}},
        users={
            "aa": {"passwords": [{"env": "FIRST_PW"}], **rules},
            "zy": {"passwords": [{"env": "NOT_SET_ONE"}], **rules},
            "zz": {"passwords": [{"env": "NOT_SET_TWO"}, {"file": "not/there"}], **rules},
        },
    )
    before = single.commandstats()
    ran = shop.mq("apply", "--auto-approve", "-o", "json")
    assert (ran.code, resource_changes(single, before)) == (1, set())
    assert "MQ195" not in ran.err
    for named in ("`NOT_SET_ONE` is not set", "`NOT_SET_TWO` is not set", "`not/there` can't be read"):
        assert named in ran.err
    assert {result["outcome"] for result in ran.json()["results"]} == {"not attempted"}
    assert len(ran.json()["results"]) == 5


def test_a_password_that_is_not_utf_8_is_named_and_nothing_is_written(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    monkeypatch.setitem(os.environb, b"LATIN_PW", b"hunter2\xff")
    shop.declare(users={"enc": {"passwords": [{"env": "LATIN_PW"}], "commands": ["+get"], "keys": ["~a"]}})
    assert shop.changes().keys() == {"users/enc"}
    ran = shop.mq("apply", "--auto-approve")
    assert ran.code == 1
    assert "error[MQ702]: the environment variable `LATIN_PW` is not UTF-8" in ran.err
    assert "0 applied, 0 failed, 0 unknown, 1 not attempted" in ran.out


def test_no_plan_cuts_replication_off(shop: Shop, pair: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICA", "replica-secret")
    monkeypatch.setenv("OTHER", "another-secret")
    primary, replica = pair.nodes
    rules = ["+psync", "+replconf", "+ping"]
    for node in pair.nodes:
        node.admin.call("ACL", "SETUSER", "copier", "on", ">replica-secret", *rules, "+info")
    replica.admin.call("CONFIG", "SET", "masterauth", "replica-secret", "masteruser", "copier")
    primary.admin.call("CLIENT", "KILL", "TYPE", "replica")
    until(lambda: "user=copier" in str(primary.admin.call("CLIENT", "LIST", "TYPE", "replica")))
    shop.on(pair)
    whole: dict[str, Any] = {"commands": rules, "passwords": [{"env": "REPLICA"}]}
    for wanted, cause in [
        ({**whole, "enabled": False}, "would be disabled"),
        ({**whole, "commands": ["+ping"]}, "would lose `psync`, `replconf`"),
        ({**whole, "passwords": []}, "would have no password"),
    ]:
        shop.declare(users={"copier": wanted})
        plan = shop.plan()
        assert [bool(change["blockedBy"]) for change in plan["changes"]] == [True]
        assert f"replication logs in as `copier`, which {cause}" in plan["diagnostics"][0]["message"]
        assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(removed={"redis/users/copier": {"evenIf": ["consumers"], "until": SOON}})
    assert "replication logs in as `copier`, which would be deleted" in shop.plan()["diagnostics"][0]["message"]
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(users={"copier": {**whole, "passwords": [{"env": "OTHER"}]}})
    ran = shop.mq("apply", "--auto-approve")
    assert (ran.code, "this would cut replication off, which logs in as `copier`" in ran.text) == (1, True)
    shop.declare(users={"copier": {**whole, "passwords": [{"env": "REPLICA"}, {"env": "OTHER"}]}})
    shop.apply()
    shop.settled(pair)
    assert replica.admin.info("replication")["master_link_status"] == "up"


def test_no_plan_cuts_sentinels_off(
    shop: Shop, redis_7_sentinel: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_7_sentinel.wipe()
    rules = ["+multi", "+exec", "+slaveof", "+ping", "+subscribe", "+publish", "+config|rewrite", "+role", "+info"]
    rules += ["+client", "+script|kill"]
    for node in redis_7_sentinel.nodes:
        node.admin.call("ACL", "SETUSER", "watcher", "on", ">watcher-secret", "allchannels", *rules)
    try:
        for sentinel in redis_7_sentinel.sentinels:
            for option, value in (("auth-user", "watcher"), ("auth-pass", "watcher-secret")):
                sentinel.admin.call("SENTINEL", "SET", redis_7_sentinel.master_name, option, value)
        for node in redis_7_sentinel.nodes:
            node.admin.call("CLIENT", "KILL", "TYPE", "pubsub")
        until(lambda: all(_watched(node.admin.call("CLIENT", "LIST")) for node in redis_7_sentinel.nodes))
        monkeypatch.setenv("WATCHER", "watcher-secret")
        shop.on(redis_7_sentinel)
        whole: dict[str, Any] = {"commands": rules, "passwords": [{"env": "WATCHER"}]}
        shop.declare(users={"watcher": whole})
        said = [found["message"] for found in shop.plan()["diagnostics"]]
        assert "Sentinel logs in as `watcher`, which would lose the channel `__sentinel__:hello`" in " ".join(said)
        shop.declare(users={"watcher": {**whole, "channels": ["&__sentinel__:*"]}})
        shop.apply()
        shop.settled(redis_7_sentinel)
    finally:
        redis_7_sentinel.kill()
        redis_7_sentinel.wipe()


def _watched(clients: object) -> bool:
    return any("name=sentinel-" in line and "user=watcher" in line for line in str(clients).splitlines())


def test_a_plan_that_somebody_edited_gives_nobody_rights(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    monkeypatch.setenv("FIRST_PW", "one")
    shop.declare(users={"aa": {"passwords": [{"env": "FIRST_PW"}], "commands": ["+get"], "keys": ["~a"]}})
    shop.mq("plan", "-q", "-o", "json=plan.json")

    def widen(document: dict[str, Any]) -> None:
        (change,) = document["changes"]
        wider = {"commands": ["+@all"], "keys": ["~*"], "passwords": [{"file": "/etc/hostname"}]}
        change["after"].update(wider)
        for difference in change["differences"]:
            difference["after"] = wider.get(difference["path"][0], difference["after"])

    forge("plan.json", widen)
    before = single.commandstats()
    ran = shop.mq("apply", "plan.json")
    assert (ran.code, single.changes_since(before)) == (5, {})
    assert "the manifests now declare something else for `commands`, `keys`, `passwords`" in ran.err

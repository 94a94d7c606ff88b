"""What servers and Sentinels say of a deployment, without a server."""

import pytest

from mqinfra.model.reading import Facts
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.redis.api import discovery, server
from mqinfra.providers.redis.api.deployment import Deployment


def row(port: int, flags: str, *more: str) -> list[str]:
    return ["name", f"10.0.0.1:{port}", "ip", "10.0.0.1", "port", str(port), "flags", flags, *more]


def test_a_sentinel_tells_which_replicas_it_lost_and_for_how_long() -> None:
    rows = [
        row(1, "slave"),
        row(2, "slave,disconnected"),
        row(3, "s_down,slave,disconnected", "s-down-time", "7200000"),
        row(4, "o_down,slave"),
        ["name", "no address"],
    ]
    told = {member.name: (member.down, member.down_for) for member in discovery.replicas(rows)}
    assert told == {
        "10.0.0.1:1": (False, 0),
        "10.0.0.1:2": (False, 0),
        "10.0.0.1:3": (True, 7_200_000),
        "10.0.0.1:4": (True, 0),
    }
    assert discovery.replicas(Fault("NOPERM", Meaning.DENIED)) == []


@pytest.mark.parametrize(
    ("acl", "config_file", "stats", "persistence", "saved", "failed"),
    [
        (["aclfile", "/x"], "/redis.conf", "cmdstat_acl|save:calls=3,rejected_calls=0,failed_calls=1", "aclfile", 2, 1),
        (["aclfile", ""], "/redis.conf", "cmdstat_acl|save:calls=3,failed_calls=1", "config", 0, 0),
        (["aclfile", ""], "/r", "cmdstat_config|rewrite:calls=1,rejected_calls=2,failed_calls=1", "config", 0, 3),
        (["aclfile", ""], "", "", "none", 0, 0),
        (Fault("NOPERM", Meaning.DENIED), "/r", "cmdstat_acl|save:calls=1,failed_calls=1", "unknown", 0, 0),
    ],
)
def test_a_server_tells_how_it_keeps_users_and_whether_saving_worked(
    acl: object, config_file: str, stats: str, persistence: str, saved: int, failed: int
) -> None:
    told = server.about([acl, f"run_id:abc\r\nconfig_file:{config_file}\r\n", "role:slave\r\n", f"{stats}\r\n"])
    assert (told.run_id, told.master) == ("abc", False)
    assert (told.persistence, told.saved, told.failed) == (persistence, saved, failed)


def test_what_a_deployment_says_of_itself_comes_back_out_of_facts() -> None:
    said = Deployment(user="admin", topology="sentinel", down=("a:1", "b:2"), acl_save=("a:1",))
    assert said.traits() == {"user": "admin", "topology": "sentinel", "down": "a:1,b:2", "acl-save": "a:1"}
    assert Deployment.of(Facts(cluster_id="c", version="7.0", traits=said.traits())) == said
    assert Deployment.of(Facts(cluster_id="c", version="7.0")) == Deployment()

"""Names with all that URLs, YAML and addresses have a use for: exported, wiped and made anew, everything is equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

AWKWARD = (
    "a/b",
    "a@b:c",
    "100%",
    "%2F",
    "two  blanks ",
    "ünï-çødé ☃",
    "*",
    "a=b,c",
    "'quoted\"",
    "#no: comment",
    "~",
    "null",
)


def by_hand(server: RabbitServer) -> None:
    """Make vhosts, and in each of them things, of all these names."""

    def call(method: str, *segments: str, **body: Any) -> None:
        server.management.call(method, *segments, body=body)

    for vhost in AWKWARD:
        call("PUT", "vhosts", vhost, description=f"of {vhost}", tags="b,a")
        some = AWKWARD if vhost == AWKWARD[0] else AWKWARD[:2]
        for name in some:
            call("PUT", "exchanges", vhost, name, type="topic", durable=True)
            call("PUT", "queues", vhost, name, durable=True, arguments={"x-max-length": 5})
            for key in some if name == AWKWARD[0] else some[:1]:
                call("POST", "bindings", vhost, "e", name, "q", name, routing_key=key)
            call("PUT", "policies", vhost, name, pattern="^x", definition={"max-length": 7})
            header = {"routing_key": "", "arguments": {"x-match": "all", name: name}}
            server.management.call("POST", "bindings", vhost, "e", name, "q", name, body=header)
        call("PUT", "parameters", "federation-upstream", vhost, vhost, value={"uri": "amqp://localhost"})
    for user in AWKWARD:
        call("PUT", "users", user, password_hash="", tags="")
        call("PUT", "permissions", AWKWARD[0], user, configure="^x", write="", read=".*")
        if user != "null":  # which the server keeps as an atom, and gives back as JSON's null
            call("PUT", "global-parameters", user, name=user, value={user: user})


def definitions(server: RabbitServer) -> dict[str, Any]:
    """All that the server has in one order, but for records, salts, the order of tags, and a type left unsaid."""
    found: dict[str, Any] = server.management.get("definitions")
    found["global_parameters"] = [row for row in found["global_parameters"] if not row["name"].startswith("mqinfra.")]
    for queue in found["queues"]:
        queue["arguments"] = {"x-queue-type": "classic", **dict(sorted(queue["arguments"].items()))}
    for vhost in found["vhosts"]:
        for tagged in (vhost, vhost.get("metadata", {})):
            tagged["tags"] = sorted(tagged.get("tags", []))
    for kind in ("queues", "exchanges", "bindings", "policies", "permissions"):
        found[kind] = [dict(sorted(row.items())) for row in found[kind]]
    for user in found["users"]:
        user.pop("password_hash")
    return {name: sorted(map(repr, rows)) if isinstance(rows, list) else rows for name, rows in found.items()}


def test_export_wipe_apply_export_gives_equal_bytes(project: Project, cell: set[str]) -> None:
    server = project.server
    by_hand(server)
    before = definitions(server)
    with project.nothing_written():
        first = project.mq("export")
    assert first.code == 0, first.text
    server.wipe()
    assert definitions(server) != before
    project.text(first.out, whole=True)
    project.converge()
    second = project.mq("export")
    assert second.out.encode() == first.out.encode()
    assert definitions(server) == before
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-export-round-trip")

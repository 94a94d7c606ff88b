"""The floor of ACLs: the clients by themselves, as a program of its own. `WORK JSON`; it imports nothing of mqinfra.

Reads go through kafka-python, which is the faster one and takes any number; writes through confluent-kafka.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

_CHUNK = 1_000
_AT_ONCE = 16
"""Calls in flight, of those that hold one binding each."""
_SEEN_WITHIN = 120.0


def bindings(count: int, prefix: str) -> list[Any]:
    from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType  # noqa: PLC0415
    from confluent_kafka.admin._resource import ResourcePatternType, ResourceType  # noqa: PLC0415

    return [
        AclBinding(
            ResourceType.TOPIC,
            f"{prefix}.v{number:06d}",
            ResourcePatternType.LITERAL,
            f"User:{prefix}-{number % 100}",
            "*",
            AclOperation.READ,
            AclPermissionType.ALLOW,
        )
        for number in range(count)
    ]


def reader(bootstrap: str) -> Any:
    from kafka.admin import KafkaAdminClient  # noqa: PLC0415

    return KafkaAdminClient(bootstrap_servers=[bootstrap], request_timeout_ms=60_000)


def read(admin: Any) -> int:
    """All ACLs as tuples; how many there are."""
    from kafka.protocol.admin import DescribeAclsRequest  # noqa: PLC0415

    request = DescribeAclsRequest(
        resource_type_filter=1,
        resource_name_filter=None,
        pattern_type_filter=1,
        principal_filter=None,
        host_filter=None,
        operation=1,
        permission_type=1,
        min_version=3,
    )
    answer = admin._manager.run(admin._manager.send, request)
    found = {
        (one.resource_type, one.resource_name, one.pattern_type, acl.principal, acl.host, acl.operation)
        for one in answer.resources
        for acl in one.acls
    }
    return len(found)


def writer(bootstrap: str) -> Any:
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    return AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "enable.metrics.push": False})


def write(bootstrap: str, some: list[Any]) -> None:
    admin = writer(bootstrap)
    for start in range(0, len(some), _CHUNK):
        wait(admin.create_acls(some[start : start + _CHUNK], request_timeout=60).values())


def write_one_by_one(bootstrap: str, some: list[Any]) -> None:
    """One call per binding, as other tools write them, with some in flight."""
    admin = writer(bootstrap)
    under_way: set[Any] = set()
    for binding in some:
        if len(under_way) >= _AT_ONCE:
            under_way = set(wait(under_way, return_when=FIRST_COMPLETED).not_done)
        under_way.update(admin.create_acls([binding], request_timeout=60).values())
    wait(under_way)


WRITES = {"create": write, "create-one-by-one": write_one_by_one}


def main(work: str, job: dict[str, Any]) -> None:
    bootstrap, count, prefix = job["bootstrap"], job["count"], job["prefix"]
    admin = reader(bootstrap)
    there = read(admin)
    begun, busy = time.perf_counter(), time.process_time()
    if work in WRITES:
        WRITES[work](bootstrap, bindings(count, prefix))
        deadline = time.monotonic() + _SEEN_WITHIN
        while read(admin) < there + count and time.monotonic() < deadline:
            time.sleep(0.05)
    answer = {"done": read(admin) if work in WRITES else there}
    answer |= {"wall": time.perf_counter() - begun, "cpu": time.process_time() - busy}  # type: ignore[dict-item]
    sys.stdout.write(json.dumps(answer) + "\n")
    admin.close()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

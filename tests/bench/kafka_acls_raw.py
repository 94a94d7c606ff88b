"""The floor of ACLs: the clients by themselves, as a program of its own. `WORK JSON`; it imports nothing of mqinfra.

Reads go through kafka-python, which is the faster one and takes any number; writes through confluent-kafka.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import wait
from typing import Any

_CHUNK = 1_000
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


def write(bootstrap: str, count: int, prefix: str) -> None:
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "enable.metrics.push": False})
    some = bindings(count, prefix)
    for start in range(0, count, _CHUNK):
        wait(admin.create_acls(some[start : start + _CHUNK], request_timeout=60).values())


def main(work: str, job: dict[str, Any]) -> None:
    bootstrap, count, prefix = job["bootstrap"], job["count"], job["prefix"]
    admin = reader(bootstrap)
    there = read(admin)
    begun, busy = time.perf_counter(), time.process_time()
    if work == "create":
        write(bootstrap, count, prefix)
        deadline = time.monotonic() + _SEEN_WITHIN
        while read(admin) < there + count and time.monotonic() < deadline:
            time.sleep(0.05)
    answer = {"done": read(admin) if work == "create" else there}
    answer |= {"wall": time.perf_counter() - begun, "cpu": time.process_time() - busy}  # type: ignore[dict-item]
    sys.stdout.write(json.dumps(answer) + "\n")
    admin.close()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

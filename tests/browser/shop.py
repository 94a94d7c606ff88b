"""A shop on three brokers, in two versions, as large as it is asked for: what is there, and what a plan makes of it."""

import json
from collections.abc import Iterator
from pathlib import Path

from mqinfra.cli.main import run

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope:
  kafka: {topics: ["shop.*"]}
  rabbitmq: {vhosts: {/shop: {}}, users: ["shop-*"]}
  redis: {keys: ["shop:*"], users: ["shop-*"]}
environments:
  prod:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbitmq: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""
AREAS = ("orders", "billing", "stock", "mail", "search", "returns")


class Shop:
    """The manifests of the shop.

    Attributes:
        size: about how many resources there are, 50 at least.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.topics = max(8, size // 4)
        self.plain = max(3, size // 10)
        self.retrying = max(1, size // 80)
        self.streams = max(2, size // 32)

    def write(self, folder: Path, *, changed: bool) -> None:
        """Write the project into a folder, as it is or as it shall become."""
        (folder / "topology").mkdir(parents=True, exist_ok=True)
        (folder / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
        for name, lines in (
            ("kafka", self._kafka(changed=changed)),
            ("rabbitmq", self._rabbitmq(changed=changed)),
            ("redis", self._redis(changed=changed)),
        ):
            head = f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: {name}, labels: {{team: {name}}}}}\n"
            (folder / "topology" / f"{name}.yaml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")

    def _kafka(self, *, changed: bool) -> Iterator[str]:
        gone = max(2, self.topics // 50)
        yield "kafka:\n  topics:"
        for at in range(self.topics):
            if changed and at < gone:
                continue
            days = 14 if changed and at % 5 == 2 else 7
            partitions = 12 if changed and at % 9 == 4 else 6
            letters = ", deadLetter: true" if at % 3 == 0 else ""
            yield (
                f"    shop.{AREAS[at % 6]}.e{at:04}: "
                f"{{partitions: {partitions}, config: {{retention.ms: {days}d}}{letters}}}"
            )
        for at in range(self.topics // 8 if changed else 0):
            yield f"    shop.new.n{at:03}: {{partitions: 6, deadLetter: true}}"
        if changed:
            yield "removed:"
            for at in range(gone):
                yield f"  kafka/topics/shop.{AREAS[at % 6]}.e{at:04}: {{reason: OPS-{800 + at}}}"

    def _rabbitmq(self, *, changed: bool) -> Iterator[str]:
        yield "rabbitmq:\n  users:"
        for area in AREAS:
            yield f"    shop-{area}: {{tags: [], password: {{env: SHOP_PASSWORD}}}}"
        yield "  vhosts:\n    /shop:\n      exchanges:"
        for area in AREAS:
            yield f"        {area}: {{type: topic}}"
        yield "      queues:"
        for at in range(self.retrying):
            yield f"        {AREAS[at % 6]}.work{at:03}:"
            yield "          type: quorum"
            yield f"          bindings: [{{exchange: {AREAS[at % 6]}, routingKey: work.{at:03}}}]"
            yield (
                "          retry: {delays: [10s, 1m]}"
                if not changed or at % 4
                else "          retry: {delays: [10s, 5m]}"
            )
            yield "          deadLetter: true"
        for at in range(self.plain):
            key = f"{AREAS[at % 6]}.{'moved' if changed and at % 7 == 3 else 'any'}.{at:04}"
            binding = f"{{exchange: {AREAS[at % 6]}, routingKey: {key}}}"
            yield f"        {AREAS[at % 6]}.q{at:04}: {{type: quorum, bindings: [{binding}]}}"
        yield "      policies:"
        yield (
            '        limits: {pattern: "^(orders|billing)\\\\.q", applyTo: queues, '
            f"definition: {{max-length: {200000 if changed else 100000}}}}}"
        )
        yield "      access:"
        for number, area in enumerate(AREAS):
            mine = [f"{area}.q{at:04}" for at in range(self.plain) if at % 6 == number][:40]
            if changed and area == "orders":
                mine = mine[1:]
            consumes = f", consumes: {json.dumps(mine)}" if mine else ""
            yield f"        {area}: {{user: shop-{area}, publishes: [{area}]{consumes}}}"

    def _redis(self, *, changed: bool) -> Iterator[str]:
        yield "redis:\n  streams:"
        for at in range(self.streams):
            extra = ", replay: {}" if changed and at % 5 == 1 else ""
            letters = ", deadLetter: true" if at % 2 == 0 else ""
            yield f'    "shop:{AREAS[at % 6]}:s{at:03}": {{groups: {{feed: {{startAt: "0"}}{extra}}}{letters}}}'
        yield "  access:"
        for at in range(min(self.streams, 30)):
            stream = f"shop:{AREAS[at % 6]}:s{at:03}"
            yield f'    shop-feed{at:02}: {{password: {{env: SHOP_PASSWORD}}, consumes: ["{stream}"]}}'


def planned_shop(size: int, folder: Path) -> Path:
    """Apply the first version in the current folder, and save a plan of the second as a report.

    Returns:
        The report, with a saved plan beside it.
    """
    shop = Shop(size)
    shop.write(folder, changed=False)
    assert run(["apply", "--auto-approve", "-q"]) == 0
    shop.write(folder, changed=True)
    run(
        [
            "plan",
            "-q",
            "--topology",
            "--max-deletes",
            f"kafka/topics={size}",
            "-o",
            "html=plan.html",
            "-o",
            "json=plan.json",
        ]
    )
    return folder / "plan.html"

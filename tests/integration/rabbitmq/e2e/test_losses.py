"""What a plan would lose is told with a line to paste, refused without it, and done with it; no flag consents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from mqinfra.engine import codes
from tests.days import SOON
from tests.integration.rabbitmq.e2e.amqp import channel, depth, publish
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.integration.rabbitmq.e2e.project import Project

REFUSED = 3
HELD = 50
QUEUES = ("ml", "exp", "opl")
TOPOLOGY = """\
rabbitmq:
  vhosts:
    /:
      queues: {ml: {}, exp: {}, opl: {}}
"""
CUTS = """\
      policies:
        ml: {pattern: ^ml$, applyTo: queues, definition: {max-length: 10}}
        exp: {pattern: ^exp$, applyTo: queues, definition: {expires: 2s}}
      operatorPolicies:
        opl: {pattern: ^opl$, definition: {max-length: 3}}
"""


def test_new_policies_drop_messages_with_the_pasted_lines_only(project: Project, rabbitmq: RabbitServer) -> None:
    project.text(TOPOLOGY)
    project.converge()
    with channel(rabbitmq, "/") as line:
        line.confirm_delivery()
        for queue in QUEUES:
            for _ in range(HELD):
                publish(line, "", queue)
        project.text(TOPOLOGY + CUTS)
        planned = project.plan(code=REFUSED)
        for told in (
            "40 messages of `ml` would be lost (messages over 10 are dropped)",
            "47 messages of `opl` would be lost (messages over 3 are dropped)",
            "up to 50 messages of `exp` would be lost (the queue is deleted with its messages once it is unused for",
        ):
            assert told in planned.text
        with project.nothing_written():
            refused = project.apply(code=REFUSED)
        assert codes.LOSES_MESSAGES.id in refused.text
        assert [depth(line, queue) for queue in QUEUES] == [HELD] * len(QUEUES)
        pasted = re.findall(r"write under `allowed:`: `(.+)`", planned.text)
        assert len(pasted) == len(QUEUES)
        allowed: dict[str, object] = {}
        for text in pasted:
            allowed |= yaml.safe_load(text)
        project.text(TOPOLOGY + CUTS + yaml.safe_dump({"allowed": allowed}))
        project.apply()
        until(lambda: (depth(line, "ml"), depth(line, "opl")) == (10, 3), "the limits count")
        names = [row["name"] for row in rabbitmq.management.get("queues", "/", query="disable_stats=true")]
        assert "ml" in names
    until(
        lambda: (
            "exp" not in [row["name"] for row in rabbitmq.management.get("queues", "/", query="disable_stats=true")]
        ),
        "the queue is deleted",
    )


def test_consent_to_cut_off_is_none_to_lose_what_was_just_delivered(project: Project, rabbitmq: RabbitServer) -> None:
    project.text("rabbitmq: {vhosts: {/: {queues: {work: {type: quorum}}}}}")
    project.converge()
    with channel(rabbitmq, "/", name="mailer") as line, channel(rabbitmq, "/") as other:
        line.basic_consume("work", lambda *_: None)
        for _ in range(5):
            publish(other, "", "work")
        stone = f"{{evenIf: [consumers], until: {SOON}}}"
        gone = f"rabbitmq: {{vhosts: {{/: }}}}\nremoved: {{rabbit/queues/%2F/work: {stone}}}"
        project.text(gone)
        ran = project.apply(code=REFUSED)
        assert "can't be deleted" in ran.text
        assert rabbitmq.management.get("queues", "/", "work", query="disable_stats=true")["name"] == "work"
        project.text(gone.replace("[consumers]", "[consumers, messages]"))
        project.apply()
    assert rabbitmq.management.get("queues", "/") == []

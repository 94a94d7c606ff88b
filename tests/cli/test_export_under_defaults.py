"""What `export` and `render` print plans nothing under the defaults of the project that printed it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import EVERY_BROKER, HEAD, Project
from tests.command import Ran

LIVE = """\
kafka:
  topics:
    plain: {partitions: 1}
    tuned: {partitions: 1, config: {retention.ms: 7d}}
rabbitmq:
  users:
    email: {}
  vhosts:
    /shop:
      exchanges:
        orders: {type: topic}
      queues:
        plain: {type: quorum}
        events: {type: stream}
        fed: {type: quorum, bindings: [{exchange: orders, routingKey: paid}]}
        old: {type: classic, arguments: {x-max-length: 5}, deadLetter: true}
redis:
  streams:
    plain: {}
    read: {groups: {feed: {startAt: "0"}}}
"""
# Of every sort: sugar that is a switch, sugar that is a block, fields with a value of their own, keys of the broker.
DEFAULTS = """\
defaults:
  kafka/topics: {deadLetter: true, config: {retention.ms: 1d, max.message.bytes: 2MB}}
  rabbitmq/users: {tags: [monitoring], limits: {max-channels: 5}}
  rabbitmq/exchanges: {autoDelete: true, arguments: {alternate-exchange: unrouted}}
  rabbitmq/queues: {deadLetter: true, retry: {delays: [10s]}, arguments: {x-max-length: 10, x-message-ttl: 1h}}
  redis/streams: {deadLetter: true, expectedMaxLength: 10}
"""
BLOCKS = DEFAULTS.replace("deadLetter: true, retry", "deadLetter: {type: quorum, via: argument}, retry")


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Path:
    """All that is live was made without defaults."""
    project = begin(EVERY_BROKER)
    project.topology(HEAD + LIVE, "shop.yaml")
    assert project.mq("apply", "--auto-approve").code == 0
    return project.root


@pytest.mark.parametrize("defaults", [DEFAULTS, BLOCKS], ids=["switches", "blocks"])
@pytest.mark.parametrize("where", ["project", "environment"])
def test_an_export_plans_nothing(shop: Path, defaults: str, where: str, mq: Callable[..., Ran]) -> None:
    lines = "".join(f"    {line}\n" for line in defaults.splitlines()) if where == "environment" else defaults
    (shop / "mqinfra.yaml").write_text(EVERY_BROKER + lines, encoding="utf-8")
    (shop / "topology" / "shop.yaml").write_text(HEAD, encoding="utf-8")
    exported = mq("export")
    assert exported.code == 0, exported.err
    (shop / "topology" / "shop.yaml").write_text(exported.out, encoding="utf-8")
    planned = mq("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.out + planned.err
    assert "No changes" in planned.out
    assert mq("export").out == exported.out


def test_without_defaults_an_export_says_no_more_than_there_is(shop: Path, mq: Callable[..., Ran]) -> None:
    assert shop.exists()
    said = mq("export").out
    assert "null" not in said
    assert "deadLetter: false" not in said


def test_what_render_prints_says_the_same_under_the_same_defaults(shop: Path, mq: Callable[..., Ran]) -> None:
    (shop / "mqinfra.yaml").write_text(EVERY_BROKER + DEFAULTS, encoding="utf-8")
    entries = "rabbitmq: {vhosts: {/shop: {queues: {plain: {type: quorum, retry: null, deadLetter: false}}}}}\n"
    (shop / "topology" / "shop.yaml").write_text(HEAD + entries, encoding="utf-8")
    rendered = mq("render").out
    (shop / "topology" / "shop.yaml").write_text(rendered, encoding="utf-8")
    assert mq("render").out == rendered


def test_what_stands_in_another_s_entry_is_rendered_without_a_lifecycle_of_its_own(
    shop: Path, mq: Callable[..., Ran]
) -> None:
    """Adopting goes from an entry to what its sugar makes, where there is no room for the word."""
    adopting = "defaults: {redis/streams: {lifecycle: {adopt: true}}}\n"
    (shop / "mqinfra.yaml").write_text(EVERY_BROKER + adopting, encoding="utf-8")
    entries = 'redis: {streams: {read: {groups: {feed: {startAt: "0"}}}}}\n'
    (shop / "topology" / "shop.yaml").write_text(HEAD + entries, encoding="utf-8")
    rendered = mq("render").out
    (shop / "topology" / "shop.yaml").write_text(rendered, encoding="utf-8")
    assert mq("validate").code == 0
    assert mq("render").out == rendered

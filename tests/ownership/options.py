"""The options of commands that plan and apply, each with values to try, for tests that combine them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES: Mapping[str, tuple[str, ...]] = {
    "--env": ("local",),
    "--clusters": ("clusters.yaml",),
    "--select": ("kind:topics", "name:*", "cluster:kafka", "kafka/topics/shop.foreign-1", "kafka/topics/billing.1"),
    "--exclude": ("kafka/topics/shop.a", "label:team=x"),
    "--expand": ("all",),
    "--max-deletes": ("kafka/topics=100",),
    "--against": ("live.json",),
    "--desired": ("before.json",),
    "--expect": ("digest",),
    "--output": ("json=out.json", "jsonl", "markdown", "html=out.html"),
    "--policy": ("policy.yaml",),
    "--timeout": ("20",),
    "--lock-timeout": ("20",),
    "--wait": ("1",),
    "--color": ("always",),
    "--log-format": ("json",),
    "--adopt": ("kind:topics", "name:*", "kafka/topics/shop.foreign-1"),
}
"""Values of the options that take one; a new option has to be given one here."""
_TALK = {"--env", "--color", "--quiet", "--verbose", "--help"}


def options(command: str) -> list[list[str]]:
    """Each option that the command has, with each value to try."""
    found: list[list[str]] = []
    for option in importlib.import_module(f"mqinfra.cli.{command}").command.params:
        if not isinstance(option, click.Option):
            continue
        name = max(option.opts, key=len)
        if option.is_flag:
            found.append([name])
        else:
            assert name in VALUES, f"say in VALUES what to give to the new option {name} of {command}"
            found += [[name, value] for value in VALUES[name]]
    return [each for each in found if each[0] not in _TALK]

"""Removal as somebody does it who reads plans: paste the lines that a plan prints, apply, and look again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.ownership.workspace import Document, Workspace

_ROUNDS = 8
_LINE = re.compile(r"`((?:removed|allowed): \{.*\})`|(?:under `(removed|allowed):`|in the tombstone): `(.*)`")
_LIMIT = re.compile(r"--max-deletes[= ](\S+=\d+)")


@dataclass
class Removal:
    """A document that shrank, and what a person adds to it because plans say so.

    Attributes:
        space: the project.
        document: what is declared.
        lines: the lines that were pasted, by section and address.
        limits: limits that a refusal named.
        refused: what plans refused, by address, each with the messages.
    """

    space: Workspace
    document: Document
    lines: dict[str, dict[str, Any]] = field(default_factory=lambda: {"removed": {}, "allowed": {}})
    limits: set[str] = field(default_factory=set)
    refused: dict[str, list[str]] = field(default_factory=dict)

    def carry_out(self, *, parts: bool = True) -> None:
        """Apply until a plan has nothing to do and nothing is left over.

        Args:
            parts: paste also the lines of what goes with its maker anyhow.
        """
        for _ in range(_ROUNDS):
            self.declare()
            plan = self.space.plan(*self.options)
            pasted = self._paste(plan, parts=parts)
            if not pasted and not plan["changes"]:
                return
            if pasted:
                continue
            self.space.apply(*self.options)
            self.lines["removed"].clear()  # what was carried out is taken out again
        raise AssertionError(f"still something to do after {_ROUNDS} rounds: {self.space.mq('plan').text}")

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(f"--max-deletes={limit}" for limit in sorted(self.limits))

    def declare(self) -> None:
        """Write the document with the lines."""
        self.space.declare(t={**self.document, **{name: some for name, some in self.lines.items() if some}})

    def _paste(self, plan: Mapping[str, Any], *, parts: bool) -> bool:
        """Take over all that a plan prints; tells whether that is anything new."""
        before = repr(self.lines)
        for item in plan["undeclared"]:
            if parts or item["partOf"] is None:
                self._add("removed", yaml.safe_load(f"{{{item['line']}}}"))
        return self.follow(plan) or repr(self.lines) != before

    def follow(self, plan: Mapping[str, Any]) -> bool:
        """Take over what a plan's refusals advise; tells whether that is anything new."""
        before = repr((self.lines, self.limits))
        for found in plan["diagnostics"]:
            if found["severity"] == "error":
                self.refused.setdefault(found["address"] or found["code"], []).append(found["message"])
            for text in found["help"]:
                self._take(text)
        return repr((self.lines, self.limits)) != before

    def _take(self, advice: str) -> None:
        for limit in _LIMIT.findall(advice):
            self.limits.add(limit.strip("`"))
        for whole, section, line in _LINE.findall(advice):
            for name, some in (
                yaml.safe_load(whole) if whole else {section or "removed": yaml.safe_load(f"{{{line}}}")}
            ).items():
                self._add(name, some)

    def _add(self, section: str, lines: Mapping[str, Any]) -> None:
        for address, line in lines.items():
            self.lines[section][address] = {**self.lines[section].get(address, {}), **(line or {})}

"""What `verify` can prove, and what it recommends: the tables for the docs."""

from collections.abc import Sequence

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.verification.check import Check
from mqinfra.render.terminal import document
from mqinfra.verify.checks.all import CHECKS

EVERYWHERE = "all"
_HEAD = "| check | on | proves | limits | sends |\n|---|---|---|---|---|"
_ADVICE_HEAD = "| advice | on | why | source |\n|---|---|---|---|"


def checks_markdown(catalogue: Catalogue) -> str:
    """Write the checks by number, those that know no broker first."""
    rows: list[tuple[str, str, Check]] = [(check.id, EVERYWHERE, check) for check in CHECKS]
    rows += [(check.id, name, check) for name, one in catalogue.providers.items() for check in one.checks]
    lines = [_row(broker, check) for _, broker, check in sorted(rows, key=lambda row: (row[0], row[1]))]
    advice = [
        _cells((f"`{one.name}`", name, f"{one.reason}.", one.source))
        for name, provider in catalogue.providers.items()
        for one in provider.advisers
    ]
    heading = ["# Checks of `mqinfra verify`", "", "The tables are generated from the code.", ""]
    return document([*heading, _HEAD, *lines, "", "## Advice", "", _ADVICE_HEAD, *advice])


def _row(broker: str, check: Check) -> str:
    sends = _sends(check.procedure.modes)
    return _cells((f"`{check.id}` {check.name}", broker, check.proves, check.open, sends))


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _sends(modes: Sequence[Mode]) -> str:
    if Mode.PASSIVE in modes:
        return "nothing"
    return "through a copy" if Mode.CLONE in modes else f"`--mode {modes[0].value}`"

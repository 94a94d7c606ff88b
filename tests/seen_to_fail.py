"""Where each check of `mqinfra verify` was seen to fail: by which histories, and on which real broker by which test."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.verify.checks.all import CHECKS

TESTS = Path(__file__).parent
CASES = TESTS / "cases" / "verify"
_HEAD = """# Where each check was seen to fail

A check that never fails proves nothing. Each has histories that it fails by, in `tests/cases/verify`; where a real
broker or its clients can be broken, a test breaks them and sees the check fail; where that can't be, it says why. The
table is generated from both.

| check | on | histories that fail it | on a real broker |
|---|---|---|---|
"""


def _told() -> dict[str, dict[str, str]]:
    told: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (TESTS / "cases" / "verify-seen-to-fail.yaml").read_text(encoding="utf-8")
    )
    return {
        broker: {number: test for numbers, test in some.items() for number in numbers.split()}
        for broker, some in told.items()
    }


def seen() -> dict[str, dict[str, str]]:
    """The tests by broker and number of the check."""
    return {
        broker: {number: test for number, test in some.items() if _is_test(test)} for broker, some in _told().items()
    }


def _is_test(text: str) -> bool:
    """Whether it names a test, and is no reason why there is none."""
    return "::" in text


def failing(folder: Path) -> list[str]:
    """The histories of a check that it fails by."""
    return sorted(
        path.stem
        for path in folder.glob("*.yaml")
        if yaml.safe_load(path.read_text(encoding="utf-8"))["result"] == "fail"
    )


def rows(catalogue: Catalogue) -> Iterator[tuple[str, str, list[str], dict[str, str]]]:
    """By check: its number with its name, where it is made, its failing histories, and tests or a reason by broker."""
    tests = _told()
    by_number: dict[str, dict[str, str]] = defaultdict(dict)
    for broker, some in tests.items():
        for number, test in some.items():
            by_number[number][broker] = test
    for check in CHECKS:
        yield f"`{check.id}` {check.name}", "all", failing(CASES / check.id), by_number[check.id]
    for name, provider in catalogue.providers.items():
        for check in provider.checks:
            own = {broker: test for broker, test in by_number[check.id].items() if broker == name}
            yield f"`{check.id}` {check.name}", name, failing(CASES / name / check.id), own


def seen_to_fail_markdown(catalogue: Catalogue) -> str:
    """The page."""
    lines = [
        f"| {check} | {where} | {', '.join(one.replace('-', ' ') for one in histories)} | {_tests(tests)} |"
        for check, where, histories, tests in sorted(rows(catalogue), key=lambda row: (row[0], row[1]))
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _tests(tests: Mapping[str, str]) -> str:
    told = {broker: f"`{text.partition('::')[2]}`" if _is_test(text) else text for broker, text in tests.items()}
    return "<br>".join(f"{broker}: {text}" for broker, text in sorted(told.items()))

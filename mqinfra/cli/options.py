"""Options that several commands share, and what they mean together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from mqinfra.cli.console import Console, Settings

F = TypeVar("F", bound=Callable[..., Any])

_COMMON = (
    click.option("-e", "--env", "environment", metavar="NAME", help="Environment; needed when there are several."),
)
_TALK = (
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    click.option("-q", "--quiet", is_flag=True, help="No talk but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Fold nothing."),
)
_SELECTION = (
    click.option(
        "--select",
        multiple=True,
        metavar="SELECTOR",
        help="Only these: kind:topics, name:orders.*, label:team=orders, cluster:, file:, or an address. "
        "Comma is and; repeat for or.",
    ),
    click.option("--exclude", multiple=True, metavar="SELECTOR", help="All but these."),
)
_BROKER = (
    click.option(
        "--timeout",
        type=click.FloatRange(0.1, 3600),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for a broker's answer.",
    ),
)


def environment_option(function: F) -> F:
    """`-e/--env`."""
    return _apply(function, _COMMON)


def talk_options(function: F) -> F:
    """`--color`, `-q`, `-v`."""
    return _apply(function, _TALK)


def selection_options(function: F) -> F:
    """`--select` and `--exclude`."""
    return _apply(function, _SELECTION)


def broker_options(function: F) -> F:
    """`--timeout`."""
    return _apply(function, _BROKER)


def output_option(*formats: str) -> Callable[[F], F]:
    """`-o FORMAT[=FILE]`, repeatable."""
    return click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(formats)}; to a file with =FILE. Repeatable.",
    )


def console(color: str, *, quiet: bool, verbose: bool) -> Console:
    """Make the console that the talk options ask for."""
    return Console(Settings(color, quiet, verbose))


@dataclass(frozen=True, slots=True)
class Limit:
    """One `--max-deletes ALIAS/KIND=N`."""

    kind: str
    number: int


class LimitType(click.ParamType[Limit]):
    """Reads `kafka/topics=12`."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Limit:  # noqa: ANN401
        """Read the text.

        Raises:
            click.UsageError: it is no limit.
        """
        if isinstance(value, Limit):
            return value
        kind, equals, number = str(value).rpartition("=")
        if not equals or kind.count("/") != 1 or not number.isdecimal() or len(number) > 9:
            self.fail(f"`{value}` should read ALIAS/KIND=NUMBER, such as kafka/topics=12", param, ctx)
        return Limit(kind, int(number))


def _apply(function: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        function = option(function)
    return function

"""Options that several commands share. A command gets what they mean, such as a Console, rather than their texts."""

import math
import os
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from mqinfra.cli import log
from mqinfra.cli.completion import complete_environment, complete_format, complete_selector
from mqinfra.cli.console import OUTPUT_FILE, Console, Settings
from mqinfra.cli.failure import failure
from mqinfra.cli.output import emit_failure, parse_targets
from mqinfra.cli.parameters import ExistingFile, Word
from mqinfra.cli.where import Where
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.unit import parse_ms

F = TypeVar("F", bound=Callable[..., Any])


class Seconds(click.FloatRange):
    """A number of seconds within a range. `nan` is in none, although it is neither above nor below one."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's signature
        """Read the number.

        Raises:
            click.UsageError: it is no number, or outside the range.
        """
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if math.isnan(seconds):
            self.fail(f"must be a number of seconds such as 30, got `{value}`", param, ctx)
        return float(super().convert(seconds, param, ctx))


class Duration(click.ParamType[float]):
    """A duration such as `10m`, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's signature
        """Read the duration.

        Raises:
            click.UsageError: it is none.
        """
        found = parse_ms(str(value))
        if found is None:
            self.fail(
                f"must be a duration such as 10m, got `{value}`; without one, write it last: `PLAN_FILE --wait`",
                param,
                ctx,
            )
        return found / 1_000


class Bound(click.ParamType[tuple[str, float]]):
    """A quantile and its bound such as `p99=50ms`, in milliseconds."""

    name = "bound"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:  # noqa: ANN401 - click's signature
        """Read the bound.

        Raises:
            click.UsageError: it is none.
        """
        quantile, _, duration = str(value).partition("=")
        found = parse_ms(duration)
        if found is None or _QUANTILE.fullmatch(quantile) is None:
            self.fail(f"must be a quantile and a duration such as p99=50ms, got `{value}`", param, ctx)
        return quantile, float(found)


_QUANTILE = re.compile(r"p[1-9][0-9]?(?:\.[0-9]{1,3})?")
CLUSTERS_VARIABLE, POLICY_VARIABLE = "MQINFRA_CLUSTERS", "MQINFRA_POLICY"
_COMMON = (
    click.option(
        "-e",
        "--env",
        "environment",
        envvar="MQINFRA_ENV",
        metavar="NAME",
        shell_complete=complete_environment,
        help="Environment; required when there are several; also MQINFRA_ENV.",
    ),
    click.option(
        "--clusters",
        type=click.Path(path_type=Path),
        envvar=CLUSTERS_VARIABLE,
        metavar="FILE",
        help="Clusters file to use in place of the project's own; also MQINFRA_CLUSTERS.",
    ),
    click.option(
        "--policy",
        type=click.Path(path_type=Path),
        envvar=POLICY_VARIABLE,
        metavar="FILE",
        help="Policy of the organisation, which the project can't weaken; also MQINFRA_POLICY.",
    ),
)
_TALK = (
    click.option("--color", type=Word("auto", "always", "never"), default="auto", show_default=True),
    click.option("-q", "--quiet", is_flag=True, help="Print only errors and the result."),
    click.option("-v", "--verbose", is_flag=True, help="Show everything."),
)
_EXPAND_ALL = ("all",)
_SELECTION = (
    click.option(
        "--select",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="Only these resources: kind:topics, name:orders.*, label:team=orders, cluster:, file:, or an address. "
        "Comma means and; repeat for or.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="All resources except these.",
    ),
)
_BROKER = (
    click.option(
        "--timeout",
        type=Seconds(0.1, 3600),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for a broker to answer.",
    ),
)

_LOCK = (
    click.option(
        "--lock-timeout",
        type=Seconds(0, 86400),
        default=0.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for another apply to finish.",
    ),
    click.option("--no-lock", is_flag=True, help="Take no lock, where the right to take one is missing."),
)


def environment_option(function: Callable[..., int]) -> Callable[..., int]:
    """`-e/--env`, `--clusters` and `--policy`; the command gets them as `where`."""

    @wraps(function)
    def call(*, environment: str | None, clusters: Path | None, policy: Path | None, **rest: Any) -> int:  # noqa: ANN401 - click's keywords
        for path, variable, what in ((clusters, CLUSTERS_VARIABLE, "clusters"), (policy, POLICY_VARIABLE, "policy")):
            if path is None and os.environ.get(variable) == "":
                # Whoever sets it means to hold the project to it; a slip must not let it go.
                raise click.UsageError(f"{variable} is set but empty; name a {what} file, or unset it")
        return function(where=Where(environment, clusters, policy), **rest)

    return _apply(call, _COMMON)


def talk_options(function: Callable[..., int]) -> Callable[..., int]:
    """`--color`, `-q`, `-v`; the command gets a Console as `talk`."""

    @wraps(function)
    def call(*, color: str, quiet: bool, verbose: bool, **rest: Any) -> int:  # noqa: ANN401 - click's keywords
        return function(talk=Console(Settings(color, quiet, verbose)), **rest)

    return log_option(_apply(call, _TALK))


def log_option(function: F) -> F:
    """`--log-format`; the command does not see it, as `log.begin` has heeded it by then."""
    option = click.option(
        log.OPTION,
        type=Word(log.TEXT, log.JSON),
        envvar=log.VARIABLE,
        default=log.TEXT,
        show_default=True,
        expose_value=False,
        help=f"What stderr is written as: for people, or lines of JSON in the names of ECS; also {log.VARIABLE}.",
    )
    return option(function)


def selection_options(function: F) -> F:
    """`--select` and `--exclude`."""
    return _apply(function, _SELECTION)


def degraded_option(function: F) -> F:
    """`--degraded`."""
    option = click.option(
        "--degraded", is_flag=True, help="Allow deletes, moves and policy changes while a cluster is degraded."
    )
    return option(function)


def adopt_option(function: F) -> F:
    """`--adopt`."""
    option = click.option(
        "--adopt", is_flag=True, help="Take over declared resources that were there before and differ."
    )
    return option(function)


def desired_option(function: F) -> F:
    """`--desired`."""
    option = click.option(
        "--desired",
        type=ExistingFile(),
        metavar="FILE",
        help="Go back to the state that `apply -o before=FILE` kept; only for the resources in it.",
    )
    return option(function)


def broker_options(function: F) -> F:
    """`--timeout`."""
    return _apply(function, _BROKER)


def lock_options(function: F) -> F:
    """`--lock-timeout` and `--no-lock`."""
    return _apply(function, _LOCK)


class OutputOption(click.Option):
    """`-o`, which knows what it takes, for the table in the docs.

    Attributes:
        formats: the formats that the command can print.
        failures: why there is no result is printed in the formats too.
    """

    def __init__(self, *arguments: Any, formats: tuple[str, ...], failures: bool, **rest: Any) -> None:  # noqa: ANN401 - click's
        """Make the option; see click for the arguments beside ours."""
        super().__init__(*arguments, **rest)
        self.formats, self.failures = formats, failures


def output_option(
    *formats: str, failures: bool = False, others: Callable[[], tuple[str, ...]] = tuple
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """`-o FORMAT[=FILE]`, repeatable; the command gets them as `targets`.

    Args:
        formats: the formats that the command can print.
        failures: why there is no result is printed in the formats too, in place of the result.
        others: further formats, which installed providers bring; asked for where somebody names one that is not ours.
    """
    option = click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=FILE]",
        shell_complete=complete_format,
        help=f"{', '.join(formats)}; to a file with =FILE, to stdout with =-. Repeatable.",
        cls=OutputOption,
        formats=formats,
        failures=failures,
    )

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        @wraps(function)
        def call(*, outputs: tuple[str, ...], **rest: Any) -> int:  # noqa: ANN401 - click's keywords
            named = {text.partition("=")[0] for text in outputs}
            targets = parse_targets(outputs, formats if named <= {*formats} else (*formats, *others()))
            try:
                return function(targets=targets, **rest)
            except UserError as error:
                # Where only a file can't be written there is a result, and the other files have it.
                if failures and all(found.code != OUTPUT_FILE.id for found in error.diagnostics):
                    emit_failure(targets, error.diagnostics, Console(Settings()))
                raise
            except click.ClickException:
                raise
            except Exception as error:
                if failures:
                    emit_failure(targets, [failure(error)], Console(Settings()))
                raise

        return option(call)

    return decorate


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
            self.fail(f"must be ALIAS/KIND=NUMBER, got `{value}`", param, ctx)
        return Limit(kind, int(number))


def _apply(function: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def expand_option(function: F) -> F:
    """`--expand`."""
    option = click.option(
        "--expand", multiple=True, metavar="NAME|all", help="List what an entry makes; repeat it for several."
    )
    return option(function)


def expanded(expand: tuple[str, ...], talk: Console) -> tuple[str, ...]:
    """The entries of which all that they make is listed; `-v` shows everything."""
    return _EXPAND_ALL if talk.settings.verbose else expand

"""`-o FORMAT[=FILE]`, repeatable: where each rendering of a result goes.

What goes to no file goes to stdout. Where every target is a file, the text for people still goes to stdout, unless the
user wants quiet; a command that has none, but only data, then writes nothing there. `-q` takes nothing else from
stdout: the result of a command is no talk.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mqinfra.cli.console import Console, write_file
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.model.setting import did_you_mean
from mqinfra.render.diagnostics import (
    render_diagnostics,
    render_diagnostics_document,
    render_diagnostics_lines,
)
from mqinfra.render.terminal import PLAIN

if TYPE_CHECKING:
    from mqinfra.model.event import Report

TEXT = "text"
FINDING_FORMATS = ("github", "gitlab", "sarif", "junit")
"""The formats in which hosts of code and CI servers show what was found."""

Renderers = Mapping[str, Callable[[], str]]
"""What writes a format, by its name. Called only where it is asked for, so that it may import what it needs."""


@dataclass(frozen=True, slots=True)
class Target:
    """One rendering.

    Attributes:
        format: name of the format.
        path: file; None for stdout, also asked for as `-`.
    """

    format: str
    path: Path | None


def parse_targets(texts: Sequence[str], formats: Sequence[str]) -> tuple[Target, ...]:
    """Read the option's values.

    Raises:
        click.BadParameter: an unknown format, or two formats for stdout.
    """
    targets = []
    for text in texts:
        name, equals, file = text.partition("=")
        if name not in formats:
            raise click.BadParameter(f"unknown format `{name}`; {did_you_mean(name, formats)}", param_hint="-o")
        if equals and not file:
            raise click.BadParameter(
                f"`{text}` has no file name after `=`; write `{name}=FILE`, or `{name}=-` for stdout", param_hint="-o"
            )
        targets.append(Target(name, Path(file) if file not in ("", "-") else None))
    if sum(target.path is None for target in targets) > 1:
        raise click.BadParameter(
            "only one format can go to stdout; give the others a file: json=plan.json", param_hint="-o"
        )
    paths = [target.path for target in targets if target.path is not None]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise click.BadParameter(f"`{twice}` is given for two formats; give each its own file", param_hint="-o")
    return tuple(targets)


def emit_failure(
    targets: Sequence[Target], found: Sequence[Diagnostic], console: Console, plan: Plan | None = None
) -> None:
    """Write why there is no result to every target.

    Only what is read on a terminal is left out, since it says all of that on stderr; and states to go back to, of
    which one without a state is none.

    Args:
        targets: where to.
        found: why there is none.
        console: the console.
        plan: the plan that is not carried out, which a comment shows with what blocks it; None where there is none.

    Raises:
        UserError: a file can't be written.
    """
    renderers: Renderers = {
        TEXT: lambda: render_diagnostics(found, PLAIN),
        "concise": lambda: render_diagnostics(found, PLAIN, format="concise"),
        "json": lambda: render_diagnostics_document(found),
        "jsonl": lambda: render_diagnostics_lines(found),
        "markdown": lambda: _markdown(found, plan),
        "html": lambda: _html(found),
        **finding_renderers(found),
    }
    known = [target for target in targets if target.format in renderers and (target.path or target.format != TEXT)]
    if known:
        emit(known, renderers, console, default="")


def finding_renderers(found: Sequence[Diagnostic], about: str = "") -> Renderers:
    """What writes findings for hosts of code and CI servers.

    Args:
        found: the findings.
        about: what was looked at, `shop/prod`; empty when not known.
    """

    def text(form: str) -> str:
        from mqinfra.cli.findings import findings_text  # noqa: PLC0415 - only where such a format is asked for

        return findings_text(form, found, about)

    return {form: partial(text, form) for form in FINDING_FORMATS}


def plan_renderers(plan: Plan) -> Renderers:
    """What writes the findings and changes of a plan for them."""

    def text(form: str) -> str:
        from mqinfra.cli.findings import plan_text  # noqa: PLC0415 - only where such a format is asked for

        return plan_text(form, plan)

    return {form: partial(text, form) for form in FINDING_FORMATS}


def plan_markdown(plan: Plan) -> str:
    """A plan as a comment."""
    from mqinfra.render.markdown.comment import render_plan_markdown  # noqa: PLC0415 - only where it is asked for

    return render_plan_markdown(plan)


def report_renderers(plan: Plan, report: "Report") -> Renderers:
    """What writes how an apply ended for them, and for the pull request that showed the plan."""

    def junit() -> str:
        from mqinfra.cli.findings import report_text  # noqa: PLC0415 - only where the format is asked for

        return report_text(plan, report)

    def markdown() -> str:
        from mqinfra.render.markdown.comment import render_outcome_markdown  # noqa: PLC0415 - as above

        return render_outcome_markdown(plan, report)

    return {"junit": junit, "markdown": markdown}


def emit(targets: Sequence[Target], renderers: Renderers, console: Console, *, default: str = TEXT) -> None:
    """Render and write to every target; the default format goes to stdout when nothing was asked for.

    Text for people also goes there beside files, unless the user wants quiet. Nothing is written before all is
    rendered.

    Raises:
        UserError: a file can't be written.
    """
    files = [(target.path, renderers[target.format]()) for target in targets if target.path is not None]
    for path, text in files:
        write_file(path, text)
    shown = next((target.format for target in targets if target.path is None), None)
    if shown is not None:
        console.data(renderers[shown]())
    elif not targets or (default == TEXT and not console.settings.quiet):
        console.data(renderers[default]())


def _markdown(found: Sequence[Diagnostic], plan: Plan | None) -> str:
    if plan is not None:
        return plan_markdown(plan)
    from mqinfra.render.markdown.comment import render_diagnostics_markdown  # noqa: PLC0415 - as above

    return render_diagnostics_markdown(found)


def _html(found: Sequence[Diagnostic]) -> str:
    from mqinfra.render.html.report import render_failure_html  # noqa: PLC0415 - only where it is asked for

    return render_failure_html(found)

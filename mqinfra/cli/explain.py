"""`mqinfra explain`: a diagnostic code, a type of broker, a kind, one of its fields or settings, or an idea."""

import re
import sys
from collections.abc import Collection

import click

from mqinfra.cli.codes import all_codes, shared_codes
from mqinfra.cli.completion import complete_explained
from mqinfra.cli.concept import concept_text, concepts
from mqinfra.cli.console import Console, Settings
from mqinfra.cli.options import log_option
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.setting import did_you_mean, suggestion
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting.codes import FORMER
from mqinfra.providers.base.describe import besides, describe_kind, describe_provider
from mqinfra.render.codes import render_code, render_exit_codes
from mqinfra.render.kinds import render_concept, render_field, render_kind, render_provider

_CODE = re.compile(r"([A-Za-z]{2,}[0-9]{1,2}).*")


@click.command("explain")
@click.argument("what", metavar="WHAT", required=False, shell_complete=complete_explained)
@log_option
def command(*, what: str | None) -> int:
    """Explain a code, a broker, a kind, a setting, an idea or the exit codes.

    WHAT is `MQ203`, `kafka`, `kafka/topics`, `kafka/topics.config.retention.ms`, `scope` or `exit-codes`; left out, a
    list of what there is.
    """
    talk = Console(Settings())
    style = talk.style(sys.stdout)
    if what is None:
        talk.data(_everything())
        return ExitCode.OK
    if what in concepts():
        talk.data(render_concept(concept_text(what), style))
        return ExitCode.OK
    if what == "exit-codes":
        talk.data(render_exit_codes(style))
        return ExitCode.OK
    number = what.upper()
    codes = {code.id: code for code in shared_codes()}
    if number not in codes:
        codes = {code.id: code for code in all_codes()}
    if number in codes:
        talk.data(render_code(codes[number], style))
        return ExitCode.OK
    if number in FORMER:
        talk.data(render_code(FORMER[number], style, former=number))
        return ExitCode.OK
    if what in installed().providers:
        talk.data(render_provider(describe_provider(installed().providers[what]), style))
        return ExitCode.OK
    kinds = {f"{kind.broker}/{kind.name}": kind for kind in installed().entry_types()}
    name, _, field = what.partition(".")
    if name in kinds:
        description = describe_kind(kinds[name])
        if not field:
            talk.data(render_kind(description, style))
            return ExitCode.OK
        fields = {**description.fields, **besides(kinds[name])}
        if field in fields:
            talk.data(render_field(description, fields[field], style))
            return ExitCode.OK
        raise click.UsageError(f"`{name}` has no field `{field}`; {did_you_mean(field, fields)}".rstrip("; "))
    raise click.UsageError(f"nothing to explain for `{what}`; {_meant(what, kinds, codes)}")


def _everything() -> str:
    """What can be explained."""
    width = max(map(len, concepts()))
    lines = [f"  {name.ljust(width)}  {text}" for name, text in concepts().items()]
    brokers = ", ".join(installed().types)
    return "\n".join(
        (
            "Ideas:",
            "",
            *lines,
            "",
            f"Brokers ({brokers}), their kinds (BROKER/KIND) and fields (BROKER/KIND.FIELD);",
            "codes such as MQ203, and exit-codes.",
        )
    )


def _meant(what: str, kinds: Collection[str], codes: Collection[str]) -> str:
    """What may have been meant. One code is as close to a misspelt one as another; only the family can be told."""
    match = _CODE.fullmatch(what)
    if match is not None:
        family = [code for code in codes if code.startswith(match[1].upper())]
        return f"codes of this family: {', '.join(sorted(family))}" if family else "docs/diagnostics.md lists the codes"
    known = [*installed().types, *kinds, *concepts(), "exit-codes"]
    return suggestion(what, known) or f"try one of {', '.join(known)}, MQ203"

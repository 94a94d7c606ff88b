"""What a shell completes: names that only the project and the installed brokers know. Nothing is read of a cluster.

A slip in the project, or none at all, completes nothing: nobody wants an error in the middle of a line.
"""

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from mqinfra.cli.concept import concepts
from mqinfra.model.errors import UserError


def _beginning(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in sorted(set(words)) if word.startswith(incomplete)]


def complete_environment(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of environments."""
    from mqinfra.manifest.loader import environments  # noqa: PLC0415 - the group must not load manifests for its help

    try:
        return _beginning(incomplete, environments(Path.cwd()))
    except (UserError, OSError):
        return []


def complete_selector(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Addresses of what is declared, and terms of selectors."""
    from mqinfra.manifest.loader import environments, load  # noqa: PLC0415 - as above
    from mqinfra.providers.base.catalogue import installed  # noqa: PLC0415 - as above

    before, comma, term = incomplete.rpartition(",")
    try:
        chosen = ctx.params.get("environment") or next(iter(environments(Path.cwd())), None)
        declared = load(Path.cwd(), chosen, installed()).desired.declarations
    except (UserError, OSError):
        return []
    words = [str(address) for address in declared]
    words += [f"kind:{address.kind}" for address in declared]
    words += [f"cluster:{address.cluster}" for address in declared]
    words += [f"label:{key}={value}" for item in declared.values() for key, value in item.labels.items()]
    words += [f"file:{item.span.file}" for item in declared.values()]
    return [CompletionItem(f"{before}{comma}{item.value}") for item in _beginning(term, words)]


def complete_format(_ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Formats of `-o`, as its help lists them."""
    text = str(getattr(param, "help", "")).partition(";")[0]
    return _beginning(incomplete, (word.strip() for word in text.split(",")))


def complete_explained(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes, brokers, kinds, fields and ideas."""
    from mqinfra.cli.codes import all_codes  # noqa: PLC0415 - every command has options, and few are completed
    from mqinfra.providers.base.catalogue import installed  # noqa: PLC0415 - as above
    from mqinfra.providers.base.describe import besides, describe_kind  # noqa: PLC0415 - as above

    kinds = {f"{kind.broker}/{kind.name}": kind for kind in installed().entry_types()}
    name, dot, _ = incomplete.partition(".")
    if dot and name in kinds:
        return _beginning(
            incomplete, (f"{name}.{field}" for field in (*describe_kind(kinds[name]).fields, *besides(kinds[name])))
        )
    words = [*concepts(), *installed().types, *kinds, "exit-codes"]
    codes = (code.id for code in all_codes()) if incomplete[:1].isupper() else ()
    return _beginning(incomplete, (*words, *codes))

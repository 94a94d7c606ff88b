"""`mqinfra init`: a project that works, in a folder that has none. It asks nothing, and overwrites nothing."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from textwrap import indent

import click

from mqinfra.cli.console import Console, make_folder, write_file
from mqinfra.cli.declared import AsDeclared
from mqinfra.cli.documents import documents
from mqinfra.cli.exporting import live_resources
from mqinfra.cli.options import broker_options, talk_options
from mqinfra.cli.project_text import MANIFESTS, MODELINE, SCHEMAS, project_text, sandbox_block, whole_scope
from mqinfra.cli.reading import read_everything
from mqinfra.cli.recognising import Recognition, reloading
from mqinfra.cli.texts import NO_TEXTS, Texts, texts_of
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, require_valid
from mqinfra.engine.selection import Selection
from mqinfra.manifest.codes import PROJECT
from mqinfra.manifest.loader import load
from mqinfra.manifest.project.project import API_VERSION, FILE
from mqinfra.manifest.shorthand import Shorthand
from mqinfra.manifest.writer import Resource, write_value
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue, installed
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.providers.base.starter import ClusterUrl, Starter, UrlError, parse_url
from mqinfra.render.terminal import plural
from mqinfra.schema import schema_files

_IGNORE = ".gitignore"
_IGNORED = (".mqinfra/*", "!.mqinfra/schemas/", "plan.json", "before.json")
_LOCAL, _RUNNING = "local", "live"
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class _Running:
    """A cluster that runs.

    Attributes:
        alias: its alias.
        type: its broker.
        starter: what the broker contributes.
        url: where it is.
    """

    alias: str
    type: str
    starter: Starter
    url: ClusterUrl


@click.command("init")
@click.option("--name", metavar="NAME", help="Name of the project; that of the folder when left out.")
@click.option(
    "--broker",
    "brokers",
    multiple=True,
    metavar="TYPE",
    help="Begin with an example for this broker, on the sandbox; repeatable. All brokers when left out.",
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="ALIAS=URL",
    help="Begin with what a running cluster has: kafka=kafka://broker-1:9092, rabbitmq=https://admin@host:15671, "
    "redis=redis://host:6379. The password comes from ALIAS_PASSWORD. Repeatable.",
)
@broker_options
@talk_options
def command(
    *, name: str | None, brokers: tuple[str, ...], sources: tuple[str, ...], timeout: float, talk: Console
) -> int:
    """Write a project that works into this folder: mqinfra.yaml, manifests, and what an editor needs."""
    catalogue = installed()
    folder = Path.cwd()
    project = name if name is not None else _name_of(folder)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", project):
        raise click.UsageError(f"`{project}` is not a valid name for a project; use letters, digits and `-`")
    running = [_running(text, catalogue) for text in sources]
    if running and brokers:
        raise click.UsageError("--from and --broker can't be combined: a project begins with clusters or with examples")
    files = _started(project, _starters(brokers, catalogue)) if not running else _taken_over(project, running)
    _refuse_existing(folder, files)
    if running:
        files |= _exported(project, files, catalogue, talk, timeout)
        _refuse_existing(folder, files)
    shown = [*files, _IGNORE]
    files[_IGNORE] = _ignoring(folder / _IGNORE)
    files |= {f"{SCHEMAS}/{file}": text for file, text in schema_files(catalogue).items()}
    _write(folder, files)
    talk.info(f"project `{project}`: wrote {', '.join(shown)}, and schemas for editors in {SCHEMAS}")
    option = f" -e {_RUNNING}" if running else ""
    talk.info(f"next: mqinfra validate{option}, then mqinfra plan{option}")
    return ExitCode.OK


def _name_of(folder: Path) -> str:
    slug = re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-")
    return slug if slug[:1].isalpha() else f"project-{slug}".rstrip("-")


def _starters(brokers: Sequence[str], catalogue: Catalogue) -> dict[str, Starter]:
    offered = {kind: one.starter for kind, one in catalogue.providers.items()}
    known = {kind: starter for kind, starter in offered.items() if starter is not None}
    for broker in brokers:
        if broker not in known:
            raise click.UsageError(f"unknown broker `{broker}`; {did_you_mean(broker, list(known))}")
    return {kind: starter for kind, starter in known.items() if not brokers or kind in brokers}


def _running(text: str, catalogue: Catalogue) -> _Running:
    starters = _starters((), catalogue)
    alias, equals, url = text.partition("=")
    if not equals or not _ALIAS.fullmatch(alias):
        raise click.UsageError(f"`--from` takes ALIAS=URL; a URL begins with {_schemes(starters)}")
    scheme = url.partition("://")[0]
    kind, plus, rest = scheme.partition("+")
    if plus and kind in starters:
        url, scheme = url.removeprefix(f"{kind}+"), rest
    speaking = [one for one, starter in starters.items() if scheme in starter.schemes]
    chosen = kind if plus else alias if alias in speaking else speaking[0] if len(speaking) == 1 else ""
    if chosen not in speaking:
        raise click.UsageError(f"`--from {alias}=`: {_which(scheme, speaking, starters)}")
    try:
        return _Running(alias, chosen, starters[chosen], parse_url(url, alias, starters[chosen].schemes))
    except UrlError as error:
        raise click.UsageError(f"`--from {alias}=`: {error}") from None


def _which(scheme: str, speaking: Sequence[str], starters: Mapping[str, Starter]) -> str:
    if speaking:
        return f"`{scheme}://` may be {' or '.join(speaking)}; write {speaking[0]}+{scheme}://..."
    return f"the URL begins with none of {_schemes(starters)}"


def _schemes(starters: Mapping[str, Starter]) -> str:
    return ", ".join(sorted({f"{one}://" for starter in starters.values() for one in starter.schemes}))


def _started(project: str, starters: Mapping[str, Starter]) -> dict[str, str]:
    """The files of a project that runs on the sandbox."""
    scope = [f"{kind}:\n{indent(_filled(one.scope, project), '  ')}" for kind, one in starters.items()]
    clusters = [sandbox_block(kind) for kind in starters]
    files = {FILE: project_text(project, scope, {_LOCAL: clusters})}
    for kind, starter in starters.items():
        entries = indent(_filled(starter.entries, project), "  ")
        head = f"apiVersion: {API_VERSION}\nkind: Topology\nmetadata:\n  name: {project}-{kind}\n"
        files[f"{MANIFESTS}/{kind}.yaml"] = f"{MODELINE}{head}\n{kind}:\n{entries}"
    return files


def _taken_over(project: str, running: Sequence[_Running]) -> dict[str, str]:
    """The files of a project that declares what clusters have; what that is, is written later."""
    aliases = [one.alias for one in running]
    for alias in aliases:
        if aliases.count(alias) > 1:
            raise click.UsageError(f"`--from` is given twice for `{alias}`")
    scope = [whole_scope(kind) for kind in dict.fromkeys(one.type for one in running)]
    blocks = [
        "".join(f"{line}\n" for line in write_value({one.alias: {"type": one.type, **one.starter.block(one.url)}}))
        for one in running
    ]
    return {FILE: project_text(project, scope, {_RUNNING: blocks})}


def _filled(text: str, project: str) -> str:
    return Template(text).substitute(name=project)


def _ignoring(path: Path) -> str:
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    missing = [line for line in _IGNORED if line not in before.splitlines()]
    if not missing:
        return before
    return before + ("" if before.endswith("\n") or not before else "\n") + "\n".join(missing) + "\n"


def _refuse_existing(folder: Path, files: Iterable[str]) -> None:
    there = [file for file in files if os.path.lexists(folder / file)]
    if there:
        hint = (
            "nothing was written; use another folder, or remove them"
            if FILE not in there
            else (f"nothing was written; `{FILE}` makes this folder a project already: mqinfra validate")
        )
        raise UserError([PROJECT.at(f"{', '.join(f'`{one}`' for one in there)} is there already", help=hint)])


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for file, text in files.items():
        make_folder((folder / file).parent)
        write_file(folder / file, text, mode=PUBLIC)


def _exported(
    project: str, files: Mapping[str, str], catalogue: Catalogue, talk: Console, timeout: float
) -> dict[str, str]:
    """What the clusters have, as manifests: a file per cluster, and those of texts.

    Args:
        project: name of the project.
        files: its files so far, which say where the clusters are.
        catalogue: the known brokers.
        talk: what is left out is said there.
        timeout: seconds to wait for a broker.

    Raises:
        UserError: a cluster can't be read, or a part of it.
    """
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        _write(root, files)
        make_folder(root / MANIFESTS)
        workspace = require_valid(Workspace(load(root, _RUNNING, catalogue), catalogue, timeout))
        snapshots, found = read_everything(workspace)
        if found:
            raise UserError(found)
        resources, left_out = live_resources(workspace, snapshots, Selection())
        clusters = sorted(workspace.loaded.desired.clusters)

        def grouping(some: Sequence[Resource]) -> dict[str, list[Resource]]:
            return {f"{project}-{alias}": [one for one in some if one[0].cluster == alias] for alias in clusters}

        def written(short: Shorthand, texts: Texts) -> dict[str, str]:
            return documents(workspace, AsDeclared(resources, short), grouping, texts.named)

        recognition = Recognition(workspace, snapshots, reloading(workspace, Where(_RUNNING)), talk.info)
        short = recognition.shorthand(resources, lambda tried: [*written(tried, NO_TEXTS).values()])
    for note in left_out:
        talk.info(note)
    texts = texts_of(resources, workspace.catalogue, workspace.loaded.desired.clusters)
    exported = {f"{MANIFESTS}/{name}": text for name, text in texts.files.items()}
    for alias, text in zip(clusters, written(short, texts).values(), strict=True):
        exported[f"{MANIFESTS}/{alias}.yaml"] = f"{MODELINE}{text}"
        talk.info(f"{alias}: {plural(sum(one[0].cluster == alias for one in resources), 'resource')}")
    return exported

"""`mqinfra policy test`: policies tried on manifests that say which rules each of their lines violates."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from mqinfra.checks.policy.codes import rule_of
from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, talk_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.engine.subjects import check_offline
from mqinfra.manifest.loader import find_project
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.terminal import clean, plural

FOLDER = "policy-tests"
_EXPECT = re.compile(r"#\s*expect:\s*([^#\n]+)")


@click.group("policy")
def command() -> None:
    """Try the policy of the project, and the organisation's."""


@command.command("test", short_help="Check manifests whose comments say what is found.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@environment_option
@talk_options
def test(*, files: tuple[Path, ...], where: Where, talk: Console) -> int:
    """Check manifests whose lines say what the policy finds there: `# expect: RULE, MQ448`.

    FILES are manifests or folders of them; policy-tests/ beside mqinfra.yaml when left out. A file without `# expect:`
    has to pass.
    """
    root = find_project(Path.cwd()).parent
    manifests = list(_manifests(files or (root / FOLDER,)))
    if not manifests:
        raise click.UsageError(f"no manifests to try; write some to {FOLDER}/, or name them")
    failures = 0
    for path in manifests:
        wrong = list(_tried(path, where))
        failures += bool(wrong)
        for line in wrong:
            talk.data(clean(line))
    talk.data(f"{plural(len(manifests), 'file')}: {len(manifests) - failures} as expected, {failures} not")
    return ExitCode.ERROR if failures else ExitCode.OK


def _manifests(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix in (".yaml", ".yml") and one.is_file())
        elif path.exists():
            yield path


def _tried(path: Path, where: Where) -> Iterator[str]:
    """What is not as the file expects."""
    workspace = require_valid(open_workspace(where, manifests=[path.resolve()]))
    expected, found = _expected(path), _found(workspace)
    for line in sorted(expected.keys() | found.keys()):
        here = found.get(line, {})
        for name in sorted(expected.get(line, frozenset()) - here.keys()):
            yield f"{path}:{line}: expected `{name}`, and nothing was found"
        for name in sorted(here.keys() - expected.get(line, frozenset())):
            yield f"{path}:{line}: `{name}` was not expected: {here[name].message}"


def _expected(path: Path) -> Mapping[int, frozenset[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    matches = ((number, _EXPECT.search(line)) for number, line in enumerate(lines, start=1))
    return {
        number: frozenset(name for word in match[1].split(",") if (name := word.strip()))
        for number, match in matches
        if match is not None
    }


def _found(workspace: Workspace) -> Mapping[int, Mapping[str, Diagnostic]]:
    """What the policy finds by line, under the name of the rule, or the code that it weighs."""
    policy = workspace.loaded.desired.policy
    weighed = {*policy.severities, *policy.floors}
    found: dict[int, dict[str, Diagnostic]] = {}
    for one in check_offline(workspace.loaded.desired, workspace.catalogue):
        name = rule_of(one) or (one.code if one.code in weighed else "")
        if name and one.span is not None:
            found.setdefault(one.span.line, {})[name] = one
    return found

"""What `-o` takes of which command: the page of formats for the docs."""

import importlib
from collections.abc import Mapping

import click

from mqinfra.cli.main import COMMANDS
from mqinfra.cli.options import OutputOption
from mqinfra.render.terminal import document

FORMATS = {
    "text": "for people; what a command prints where nothing else is asked for",
    "concise": "one finding per line, as editors and `grep` read it",
    "markdown": "the body of a comment in a pull request; never longer than hosts accept",
    "html": "one file to look through in a browser, which loads nothing",
    "json": "for programs; a plan's is what `show` and `apply` read. `schemas/` describes plan and report",
    "jsonl": "what happens, one event per line, as it happens",
    "github": "annotations of GitHub Actions, on stdout of a step",
    "gitlab": "GitLab's code quality report",
    "sarif": "SARIF 2.1.0, which GitHub's code scanning and other tools read",
    "junit": "JUnit's XML, which CI servers show as tests",
    "before": "the state of what an apply changes, as it was, to go back to; only to a file",
    "yaml": "manifests",
    "asyncapi": "an AsyncAPI 3 document with a channel for each thing that holds or passes on messages",
    "definitions": "the broker's own definitions, as it imports them",
    "strimzi": "resources for Strimzi's operators",
    "topology-operator": "resources for the messaging topology operator",
    "mermaid": "a picture that GitHub and GitLab draw in Markdown",
    "dot": "a picture for Graphviz",
    "svg": "a picture for anything",
    "rules": "alert rules for a file under `rule_files` of Prometheus",
    "prometheusrule": "alert rules for the Prometheus operator",
    "tests": "tests of alert rules, for `promtool test rules`",
    "grafana": "a dashboard for Grafana",
    "scrape": "what the alert rules need under `scrape_configs` of Prometheus",
}
_HEAD = """\
# Formats

The tables are generated from the code.

`-o FORMAT` prints to stdout in place of the text, `-o FORMAT=FILE` writes a file, `-o FORMAT=-` is stdout. Give it
several times for several formats; one of them can go to stdout. Files are written whole or not at all, and are readable
by their owner only.

```console
$ mqinfra plan -e prod -o json=plan.json -o markdown=comment.md -o sarif=mqinfra.sarif
```
"""
_REST = """
## When there is no result

Where manifests have errors or a saved plan can't be read, the diagnostics are written in each format that was asked
for, in place of the result, so that no file of an earlier run is taken for a new one: by {failing}.
As JSON that is a document of the kind `Diagnostics`. The exit code says it too: `mqinfra explain exit-codes`.

## Findings beside the code

`github`, `gitlab` and `sarif` hold diagnostics, those of a plan with what blocks its changes.

- One finding per cause: a limit that 40 deletes exceed is one, and says so.
- Paths are from the root of the Git repository, lines are those of the manifest. What is nowhere in the repository,
  such as a cluster that gives no answer, stands at `mqinfra.yaml`, or as an annotation at no line.
- Fingerprints last when lines move and when live numbers change. Hosts show by them what is new and what is fixed.
- SARIF lists the rules that its results are of, with explanation and examples, and is told apart by project and
  environment (`automationDetails`).

```yml
# GitHub Actions
- run: mqinfra plan -e prod -o sarif=mqinfra.sarif
- uses: github/codeql-action/upload-sarif@v3
  if: always()
  with: {{sarif_file: mqinfra.sarif}}
```

```yml
# GitLab CI
plan:
  script: mqinfra plan -e prod -o gitlab=quality.json -o junit=junit.xml
  artifacts:
    when: always
    reports: {{codequality: quality.json, junit: junit.xml}}
```

## Tests

As JUnit a case is

| command | case | fails | else |
|---|---|---|---|
| `validate` | each finding | errors | passes, with what is said of it |
| `plan`, `show` | each change, each other finding | blocked changes, errors | passes, with what the change takes |
| `apply` | each change, and the apply | failed changes | errors: unknown, ended early; skipped: not begun |
| `drift` | each resource that drifted | all | records that can't be read are errors |
"""


def outputs() -> Mapping[str, OutputOption]:
    """The `-o` of each command that has one."""
    found: dict[str, OutputOption] = {}
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"mqinfra.cli.{name}").command
        inner = command.commands if isinstance(command, click.Group) else {}
        for path, one in {name: command, **{f"{name} {word}": one for word, one in inner.items()}}.items():
            option = next((param for param in one.params if isinstance(param, OutputOption)), None)
            if option is not None:
                found[path] = option
    return found


def formats_markdown() -> str:
    """Write docs/formats.md: what each format is, which command prints it, and how findings and tests are read."""
    known = outputs()
    lines = [_HEAD, "", f"| | {' | '.join(f'`{command}`' for command in known)} |", f"|---|{'---|' * len(known)}"]
    lines += [
        f"| `{form}` | {' | '.join('✓' if form in output.formats else '' for output in known.values())} |"
        for form in FORMATS
    ]
    lines += ["", "| format | what it is |", "|---|---|", *(f"| `{form}` | {text} |" for form, text in FORMATS.items())]
    failing = [f"`{command}`" for command, output in known.items() if output.failures]
    return document(lines) + _REST.format(failing=f"{', '.join(failing[:-1])} and {failing[-1]}")

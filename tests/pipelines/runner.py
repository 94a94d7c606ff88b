"""What runs the steps of a workflow as GitHub's runner does, as far as the examples need it."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.on_path import programs

EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass
class Runner:
    """A checkout, the variables of the runner, and what was printed.

    Attributes:
        checkout: where the steps run.
        temp: files of the runner, with those that GitHub gives.
        values: what expressions stand for: `secrets.KAFKA_PASSWORD`.
        printed: all output so far.
    """

    checkout: Path
    temp: Path
    values: dict[str, str]
    printed: str = ""
    _more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        gh = f'exec {sys.executable} {Path(__file__).parent / "gh.py"} "$@"'
        programs(self.temp / "tools", pip="exit 0", gh=gh)

    @property
    def summary(self) -> str:
        """What the steps wrote to the job's summary."""
        path = self.temp / "summary.md"
        return path.read_text() if path.exists() else ""

    def job(self, workflow: Path, job: str) -> list[int]:
        """Run the steps of a job until one fails, and those that run always; give each step's exit code."""
        document = yaml.safe_load(workflow.read_text())
        found = document["jobs"][job]
        environment = {**document.get("env", {}), **found.get("env", {})}
        codes: list[int] = []
        for step in found["steps"]:
            if "run" not in step or (any(codes) and "always()" not in str(step.get("if", ""))):
                continue
            codes.append(self.run(step["run"], {**environment, **step.get("env", {})}))
        return codes

    def run(self, script: str, environment: Mapping[str, Any]) -> int:
        """Run one script as a step."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("MQINFRA", "GITHUB"))}
        variables = {
            **ours,
            "PATH": f"{self.temp / 'tools'}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_ENV": str(self.temp / "environment"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_WORKSPACE": str(self.checkout),
            "RUNNER_TEMP": str(self.temp),
            "COMMENTS": str(self.temp / "comments.json"),
            **{name: self._filled(str(value)) for name, value in environment.items()},
            **self._more,
        }
        ran = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", self._filled(script)],
            cwd=self.checkout,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.printed += ran.stdout
        added = self.temp / "environment"
        for line in added.read_text().splitlines() if added.exists() else ():
            name, _, value = line.partition("=")
            self._more[name] = value
        return ran.returncode

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self.values.get(match[1], ""), text)


def git(folder: Path, *arguments: str) -> str:
    """Run git."""
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout

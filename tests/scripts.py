"""Scripts that `verify --scripts` wrote, run as a team would: as processes of their own, without mqinfra."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Scripts:
    """The scripts of one resource."""

    folder: Path

    def run(self, name: str, *arguments: str, given: str = "", code: int = 0) -> str:
        """Run one, and return the last line of what it printed."""
        ended = subprocess.run(
            [sys.executable, "-W", "error", str(self.folder / f"{name}.py"), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout.splitlines()[-1] if ended.stdout else ended.stderr

    def drill(self, noun: str, buried: str, again: str, idle: str = "2") -> None:
        """Send, fail for some, look at the letters, send them again, work on them, and measure."""
        lines = "".join(f"{noun} {number:02d}\n" for number in range(20))
        assert "20" in self.run("produce", given=lines)
        assert self.run("consume", "--idle", idle, "--fail-on", "7") == f"done 18, {buried} 2"
        assert self.run("dead_letters") == "letters: 2"
        assert self.run("dead_letters", "--replay") == f"{again}: 2"
        assert self.run("consume", "--idle", idle) == f"done 2, {buried} 0"
        assert "say --go" in self.run("load", code=2)

"""Prometheus, promtool and Alertmanager of a Debian release, unpacked beside the system."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.brokers import debian
from tests.brokers.install import run

_SHARED = b"/usr/share/prometheus/alertmanager"
# As long, and the folder that it is started in: nothing can stand at the other path without being installed.
_HERE = b"/proc/self/cwd" + b"/." * 10


def installed() -> Path:
    """Fetch them where they are not there yet: some 10 seconds, 150 MB."""
    return debian.unpacked("prometheus", ("bookworm",), ("prometheus", "prometheus-alertmanager"))


def promtool(*words: str, folder: Path) -> str:
    """What promtool says.

    Raises:
        BrokerError: what it looks at is not as it should be.
    """
    where = ["env", f"--chdir={folder}"]
    return run([*where, *debian.argv(installed(), "promtool", "promtool"), *words], f"promtool {' '.join(words)}")


def alertmanager_in(folder: Path) -> tuple[str, ...]:
    """How to start Alertmanager from a folder, which gets its templates.

    It reads them by an absolute path, which is the only thing about it that is changed.
    """
    root = installed()
    shared = root / _SHARED.decode().removeprefix("/")
    shutil.copytree(shared, folder, dirs_exist_ok=True)
    program = folder / "alertmanager"
    program.write_bytes((root / "usr/bin/prometheus-alertmanager").read_bytes().replace(_SHARED, _HERE))
    program.chmod(0o755)
    return ("env", f"--chdir={folder}", *debian.loader(root), str(program))

"""Holds the provider to the promises of the conformance suite: on the sandbox, and on a folder.

`python -m mqinfra_spool.conformance FOLDER` works in an empty folder, and writes a line for each promise that is kept.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster, SandboxOptions
from mqinfra.providers.base.session import Session
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS
from mqinfra.providers.sandbox.session import SandboxSession

TYPE = "spool"
CATALOGUE = installed()
PROVIDER = CATALOGUE.providers[TYPE]


def sandbox(folder: Path) -> Session:
    """Open a sandbox that keeps its state in the folder."""
    facts = PROVIDER.sandbox_facts(Driver.alias, "test", SandboxOptions())
    return SandboxSession.open(folder / "it.json", Driver.alias, TYPE, facts, CATALOGUE)


def real(folder: Path) -> Session:
    """Open the broker."""
    block = PROVIDER.connection.model_validate({"type": TYPE, "path": folder})
    return PROVIDER.connect(Cluster(Driver.alias, block), lambda _: sys.exit("no secrets"), 30.0)


def prove(name: str, open_session: Callable[[Path], Session], folder: Path) -> None:
    """Prove every level with every sample, each in a folder of its own."""
    for sample in PROVIDER.samples:
        for level in LEVELS:
            if level.name in sample.without:
                continue
            own = folder / name / sample.label / level.name
            own.mkdir(parents=True)
            level.prove(Driver(CATALOGUE, TYPE, partial(open_session, own), sample))
            sys.stdout.write(f"{name}/{sample.label}/{level.name}\n")


if __name__ == "__main__":
    prove("sandbox", sandbox, Path(sys.argv[1]))
    prove("folder", real, Path(sys.argv[1]))

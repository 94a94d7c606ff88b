"""`python -m tests.mutants [NAME ...]`: each mutant must make its test fail, and each test must pass without one."""

from __future__ import annotations

import argparse
import compileall
import os
import py_compile
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.mutant import ROOT, Mutant, mutants

_NEEDED = ("mqinfra", "tests", "schemas", "examples", "docs")
_FILES = ("pyproject.toml", "README.md", "CONTRIBUTING.md")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
_WITHIN = 120.0
_FAILED = 1
"""Pytest's exit code for tests that failed; what can't even be collected has another."""


def _copy(folder: Path) -> Path:
    """A tree of its own that Python imports from, compiled so that a patched file is never taken for the old one."""
    tree = folder / "tree"
    tree.mkdir(parents=True)
    for name in _NEEDED:
        shutil.copytree(ROOT / name, tree / name, ignore=_LEFT_OUT, symlinks=True)
    for name in _FILES:
        shutil.copy2(ROOT / name, tree / name)
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(tree / "mqinfra", quiet=1, invalidation_mode=mode)
    return tree


def _pytest(tree: Path, *nodes: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *nodes],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def _survives(mutant: Mutant, tree: Path) -> str:
    """Why a mutant was not caught; empty when it was."""
    before = {path: (tree / path).read_text(encoding="utf-8") for path in {edit.path for edit in mutant.edits}}
    try:
        for path, text in mutant.texts(tree).items():
            (tree / path).write_text(text, encoding="utf-8")
        code, said = _pytest(tree, mutant.test)
    except subprocess.TimeoutExpired:
        return f"its test did not end within {_WITHIN:.0f} s"
    finally:
        for path, text in before.items():
            (tree / path).write_text(text, encoding="utf-8")
    if code == _FAILED and "\nFAILED " in said:
        return ""
    return f"its test passes without the defence: {mutant.test}" if code == 0 else f"its test did not run:\n{said}"


def _tried(mutant: Mutant, trees: queue.Queue[Path]) -> str:
    tree = trees.get()
    try:
        return _survives(mutant, tree)
    finally:
        trees.put(tree)


def _arguments(arguments: list[str], known: list[str]) -> list[str]:
    """The names that are asked for, of those that there are; all of them where none is."""
    parser = argparse.ArgumentParser("python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a mutant, as in deletes/limit; all when left out")
    names: list[str] = parser.parse_args(arguments).names
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"no such mutant: {', '.join(unknown)}; there are {', '.join(known)}")
    return names or known


def main(arguments: list[str]) -> int:
    """Try them; 1 when a mutant survives or a test fails by itself."""
    there = mutants()
    names = _arguments(arguments, [mutant.name for mutant in there])
    some = [mutant for mutant in there if mutant.name in names]
    workers = min(len(os.sched_getaffinity(0)), len(some))
    with tempfile.TemporaryDirectory(prefix="mqinfra-mutants-") as folder:
        trees: queue.Queue[Path] = queue.Queue()
        for number in range(workers):
            trees.put(_copy(Path(folder) / str(number)))
        first = trees.queue[0]
        code, said = _pytest(first, *sorted({mutant.test for mutant in some}))
        if code != 0:
            sys.stdout.write(f"{said}\nthese tests have to pass before anything is taken away\n")
            return 1
        with ThreadPoolExecutor(max_workers=workers) as pool:
            survivors = 0
            for mutant, why in zip(some, pool.map(lambda mutant: _tried(mutant, trees), some), strict=True):
                survivors += bool(why)
                sys.stdout.write(f"{'SURVIVED' if why else 'caught  '}  {mutant.name}{f': {why}' if why else ''}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{len(some)} mutants, {survivors} survived\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

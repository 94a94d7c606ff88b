"""What a command made is kept for the end of a process that runs one command, and nowhere else."""

import subprocess
import sys

import pytest

_PROGRAM = """
import gc, weakref
from mqinfra.cli import kept

class Thing: pass

gc.disable()
{begin}
thing = Thing()
seen = weakref.ref(thing)
kept.keep(thing)
del thing
print(seen() is not None)
"""


@pytest.mark.parametrize(("begin", "alive"), [("kept.begin()", "True"), ("", "False")])
def test_things_are_kept_only_where_the_process_ends_with_its_command(begin: str, alive: str) -> None:
    program = [sys.executable, "-c", _PROGRAM.format(begin=begin)]
    assert subprocess.run(program, check=True, capture_output=True, text=True).stdout.strip() == alive

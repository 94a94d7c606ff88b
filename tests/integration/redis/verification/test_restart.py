"""A server that is killed and started again between sending and reading."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from tests.brokers.redis.release import DEFAULT, installed
from tests.integration.redis.provider.bare import BareServer
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import verify

# Kills the server at its port, starts another there with the same folder, and waits until that answers.
AGAIN = """
import os, signal, socket, subprocess, sys, time
pid, port, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
os.kill(pid, signal.SIGKILL)
time.sleep(0.3)
subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
for _ in range(200):
    time.sleep(0.02)
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        break
    except OSError:
        pass
"""


@pytest.mark.parametrize(("appendonly", "code", "result"), [("yes", 0, "pass"), ("no", 7, "fail")])
def test_what_was_acknowledged_survives_a_kill_only_with_an_append_only_file(
    appendonly: str, code: int, result: str, shop: Shop, tmp_path: Path
) -> None:
    folder, script = tmp_path / "redis", tmp_path / "again.py"
    script.write_text(AGAIN, encoding="utf-8")
    options = ("--appendonly", appendonly, "--appendfsync", "always")
    with BareServer(folder, *options) as server:
        shop.connect({"nodes": [f"127.0.0.1:{server.port}"]})
        shop.declare(streams={"orders": {}})
        shop.apply()
        info = dict(line.split(":", 1) for line in str(server.call("INFO", "server")).splitlines() if ":" in line)
        started = [*installed(DEFAULT).server, "--port", str(server.port), "--dir", str(folder), "--save", "", *options]
        quoted = " ".join(f"'{word}'" for word in (sys.executable, str(script), info["process_id"], str(server.port)))
        command = f"{quoted} {' '.join(repr(word) for word in started)}"
        try:
            found = verify(shop, "--only", "V25", "--restart-cmd", "true", code=8)
            assert "never unavailable" in found["V25 orders"]["evidence"]
            found = verify(shop, "--only", "V25", "--restart-cmd", command, code=code)
            assert found["V25 orders"]["result"] == result, found
        finally:
            with suppress(redis.RedisError):  # it answers by hanging up
                server.call("SHUTDOWN", "NOSAVE")

"""The processes of one RabbitMQ node: Erlang's virtual machine, and the port mapper (epmd) it registers with.

RabbitMQ looks up its own name at an epmd before it starts, and would start one that outlives it and serves the whole
machine. So each node has an epmd of its own, on its own port.
"""

from __future__ import annotations

import shlex
import shutil
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.node import Node
from tests.brokers.ports import HOST, accepts, free_ports
from tests.brokers.process import Process, tail
from tests.brokers.rabbitmq.management import Management, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.brokers.rabbitmq.release import Release

_EPMD_WITHIN = 10.0
_POLL = 0.05
# What erlexec and the virtual machine start by name from BINDIR.
_PROGRAMS = ("beam.smp", "erl_child_setup", "inet_gethost")
_FLAGS = (
    *("-noinput", "-boot", "start_sasl", "-s", "rabbit", "boot"),
    # Two cores' worth of schedulers that sleep when idle.
    *("+W", "w", "+S", "2", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"),
    *("-syslog", "logger", "[]", "-syslog", "syslog_error_logger", "false"),
    # Watchers of the machine, in programs of their own; RabbitMQ has its own watch over memory and disk.
    *("-os_mon", "start_cpu_sup", "false", "-os_mon", "start_disksup", "false", "-os_mon", "start_memsup", "false"),
    *("-kernel", "prevent_overlapping_partitions", "false"),
    *("-kernel", "inet_dist_use_interface", "{127,0,0,1}"),
)


@dataclass(frozen=True)
class Ports:
    """The loopback ports of one node."""

    amqp: int
    http: int
    distribution: int
    epmd: int

    @classmethod
    def choose(cls) -> Ports:
        return cls(*free_ports(len(fields(cls))))


class RabbitNode(Node):
    """A node with its port mapper."""

    ready_within = 60.0
    port_taken = ("eaddrinuse", "already_in_use", "port_in_use", "dist_port_already_used", "Address already in use")

    def __init__(self, release: Release, ports: Ports, folder: Path, management: Management) -> None:
        super().__init__(release.title, folder)
        self.ports = ports
        self._release = release
        self._management = management
        self._epmd: Process | None = None

    @property
    def pids(self) -> list[int]:
        """Of the processes that run: the virtual machine's, then epmd's."""
        known = (self._process, self._epmd)
        return [process.pid for process in known if process is not None and process.running]

    def prepare(self, configuration: Mapping[str, str], plugins: Sequence[str]) -> None:
        """Empty the folder and write the configuration."""
        shutil.rmtree(self.folder, ignore_errors=True)
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        for name in _PROGRAMS:
            words = shlex.join(self._release.erlang_program(name, str(programs / name)))
            (programs / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n')
            (programs / name).chmod(0o755)
        lines = (f"{name} = {value}\n" for name, value in configuration.items())
        (self.folder / "rabbitmq.conf").write_text("".join(lines))
        (self.folder / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")

    @property
    def address(self) -> str:
        return f"{HOST}:{self.ports.http}"

    def command(self) -> Sequence[str]:
        return [*self._release.erlang_program("erlexec", str(self.folder / "bin/erl")), *_FLAGS]

    def spawn(self, *, detached: bool = False) -> None:
        """Start both processes; epmd has to answer before the node asks it."""
        if not self.running:
            self._start_epmd(detached=detached)
        super().spawn(detached=detached)

    def _start_epmd(self, *, detached: bool) -> None:
        if self._epmd is not None and self._epmd.running:
            return
        command = self._release.erlang_program("epmd", str(self.folder / "bin/epmd"))
        log = self.folder / "epmd.log"
        self._epmd = Process(command, log, env=self._epmd_environment(), detached=detached)
        deadline = time.monotonic() + _EPMD_WITHIN
        while not accepts(self.ports.epmd):
            if not self._epmd.running:
                raise PortTakenError(f"epmd ended while it started on {HOST}:{self.ports.epmd}\n{tail(log)}")
            if time.monotonic() > deadline:
                raise BrokerError(f"epmd does not answer on {HOST}:{self.ports.epmd} after {_EPMD_WITHIN:.0f} s")
            time.sleep(_POLL)

    def _epmd_environment(self) -> dict[str, str]:
        return {"ERL_EPMD_PORT": str(self.ports.epmd), "ERL_EPMD_ADDRESS": HOST}

    def environment(self) -> dict[str, str]:
        home, folder = self._release.home, self.folder
        return {
            **self._epmd_environment(),
            "ROOTDIR": str(self._release.erlang),
            "BINDIR": str(folder / "bin"),
            "EMU": "beam",
            "PROGNAME": "erl",
            # The cookie file goes there, and the folder into the command line, by which the process is known as ours.
            "HOME": str(folder),
            "ERL_LIBS": str(home / "plugins"),
            "ERL_CRASH_DUMP_BYTES": "0",
            "RABBITMQ_HOME": str(home),
            "RABBITMQ_PLUGINS_DIR": str(home / "plugins"),
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }

    def missing(self) -> str | None:
        """Whether it answers over HTTP and AMQP."""
        try:
            self._management.get("overview")
        except Refused as error:
            # Somebody else than we may have changed the user that asks; the node is up all the same.
            if error.status != 401:
                return str(error)
        return None if accepts(self.ports.amqp) else "an answer over HTTP, none over AMQP"

    def stop(self) -> None:
        """End the node in an orderly way; its data stay."""
        super().stop()
        self._stop_epmd()

    def kill(self) -> None:
        """End the node as a crash would; its data stay."""
        super().kill()
        self._stop_epmd()

    def _stop_epmd(self) -> None:
        if self._epmd is not None:
            self._epmd.stop()

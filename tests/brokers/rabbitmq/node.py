"""The process of one RabbitMQ node: Erlang's virtual machine, which registers with the port mapper of its cluster."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.brokers.node import Node
from tests.brokers.ports import HOST, free_ports
from tests.brokers.rabbitmq.management import Management, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from tests.brokers.rabbitmq.epmd import Epmd
    from tests.brokers.rabbitmq.release import Release

# Nodes of a cluster trust one another by it.
_COOKIE = "TESTSONLOOPBACK"
# What erlexec and the virtual machine start by name from BINDIR.
_PROGRAMS = ("beam.smp", "erl_child_setup", "inet_gethost")
FLAGS = (
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
    """The loopback ports of one node; that of the port mapper is the same for all of a cluster."""

    amqp: int
    http: int
    distribution: int
    # Of the plugin for Prometheus, where that is among the plugins.
    metrics: int
    epmd: int

    @classmethod
    def choose(cls, nodes: int) -> list[Ports]:
        epmd, *own = free_ports(1 + 4 * nodes)
        return [cls(*some, epmd) for some in zip(own[::4], own[1::4], own[2::4], own[3::4], strict=True)]


class RabbitNode(Node):
    """A node of a cluster, or one that is alone.

    Attributes:
        name: what the cluster calls it.
        management: requests to it.
    """

    ready_within = 180.0
    port_taken = ("eaddrinuse", "already_in_use", "port_in_use", "dist_port_already_used", "Address already in use")

    def __init__(
        self, release: Release, name: str, ports: Ports, folder: Path, management: Management, epmd: Epmd
    ) -> None:
        super().__init__(release.title, folder)
        self.name = name
        self.ports = ports
        self.management = management
        self._release = release
        self._epmd = epmd

    def prepare(self, configuration: Mapping[str, str], plugins: Sequence[str]) -> None:
        """Empty the folder and write the configuration."""
        shutil.rmtree(self.folder, ignore_errors=True)
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        for name in _PROGRAMS:
            words = shlex.join(self._release.erlang_program(name, str(programs / name)))
            (programs / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n')
            (programs / name).chmod(0o755)
        self._make_root()
        lines = (f"{name} = {value}\n" for name, value in configuration.items())
        (self.folder / "rabbitmq.conf").write_text("".join(lines))
        (self.folder / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(_COOKIE)
        cookie.chmod(0o400)

    def _make_root(self) -> None:
        """Make a root for Erlang whose `erl` runs from where it was unpacked to.

        From 4.x a node that looks for its peers asks them through one more virtual machine, which `erl` starts.
        """
        own = self.folder / "erlang"
        programs = own / "bin"
        programs.mkdir(parents=True)
        for each in self._release.erlang.iterdir():
            if each.name != "bin":
                (own / each.name).symlink_to(each)
        for each in (self._release.erlang / "bin").iterdir():
            if each.name != "erl":
                (programs / each.name).symlink_to(each)
        words = shlex.join(self._release.erlang_program("erlexec", str(self.folder / "bin/erl")))
        (programs / "erl").write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (programs / "erl").chmod(0o755)

    @property
    def address(self) -> str:
        return f"{HOST}:{self.ports.http}"

    @property
    def listens(self) -> Collection[int]:
        return (self.ports.amqp, self.ports.http, self.ports.distribution)

    def command(self) -> Sequence[str]:
        return [*self._release.erlang_program("erlexec", str(self.folder / "bin/erl")), *FLAGS]

    def spawn(self, *, detached: bool = False) -> None:
        """Start it; epmd has to answer before the node asks it."""
        self._epmd.start(self.name, detached=detached)
        super().spawn(detached=detached)

    def environment(self) -> dict[str, str]:
        home, folder = self._release.home, self.folder
        return {
            **self._epmd.environment,
            "ROOTDIR": str(folder / "erlang"),
            "BINDIR": str(folder / "bin"),
            "EMU": "beam",
            "PROGNAME": "erl",
            # The cookie file goes there, and the folder into the command line, by which the process is known as ours.
            "HOME": str(folder),
            "ERL_LIBS": str(home / "plugins"),
            "ERL_CRASH_DUMP_BYTES": "0",
            "RABBITMQ_HOME": str(home),
            "RABBITMQ_PLUGINS_DIR": str(home / "plugins"),
            "RABBITMQ_NODENAME": self.name,
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
        """Whether it answers over HTTP."""
        try:
            self.management.get("overview")
        except Refused as error:
            # Somebody else than we may have changed the user that asks; the node is up all the same.
            if error.status != 401:
                return str(error)
        return None

    def stop(self) -> None:
        """End the node in an orderly way; its data stay."""
        super().stop()
        self._epmd.give_up(self.name)

    def kill(self) -> None:
        """End the node as a crash would; its data stay."""
        super().kill()
        self._epmd.give_up(self.name)

"""What the server would refuse of a queue. Pure: the sandbox and the dry run share it."""

from collections.abc import Iterator
from dataclasses import replace

from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.rabbitmq.settings.deprecations import NOTHING, Told
from mqinfra.providers.rabbitmq.settings.queue_arguments import arguments_problems, shape_problem
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.policy_refusals import NEWER_LOCATORS
from mqinfra.providers.rabbitmq.spec.queue import TYPES, QueueSpec

_LOCATOR = "x-queue-master-locator"


def problems(spec: QueueSpec, version: Version = (), told: Told = NOTHING) -> Iterator[Problem]:
    """Say what is wrong with a declaration; `path` is the field.

    A queue without a type gets the vhost's default one, which is not known here, so that only what no type takes is
    found in it.

    Args:
        spec: the queue as it is declared.
        version: the server's; empty for the newest.
        told: what the server says of deprecated features.
    """
    kind = spec.type or ""
    if kind and kind not in TYPES:
        yield Problem(f"unknown queue type `{kind}`", did_you_mean(kind, TYPES), ("type",))
        return
    if kind == "stream" and version and version < (3, 9):
        yield Problem("streams came with RabbitMQ 3.9", "use a quorum queue", ("type",))
        return
    shape = shape_problem(kind, durable=spec.durable, auto_delete=spec.auto_delete, version=version, told=told)
    if shape is not None:
        yield shape
    locator = spec.arguments.get(_LOCATOR)
    if locator in NEWER_LOCATORS and version and version < (4, 0):
        words = f"`{_LOCATOR}: {locator}` came with RabbitMQ 4.0"
        yield Problem(words, "write `min-masters`, `client-local` or `random`", ("arguments", _LOCATOR))
    for problem in arguments_problems(spec.arguments, kind, version, told):
        yield replace(problem, path=("arguments", *problem.path))

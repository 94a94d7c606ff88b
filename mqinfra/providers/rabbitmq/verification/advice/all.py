"""The advisers of RabbitMQ, in the order in which they are asked."""

from typing import Any

from mqinfra.providers.base.verification.adviser import Adviser
from mqinfra.providers.rabbitmq.verification.advice.kept import KeptInQueue
from mqinfra.providers.rabbitmq.verification.advice.prefetch import Prefetch
from mqinfra.providers.rabbitmq.verification.advice.priorities import Priorities
from mqinfra.providers.rabbitmq.verification.advice.promised import Promised
from mqinfra.providers.rabbitmq.verification.advice.queue_type import ReplicatedType
from mqinfra.providers.rabbitmq.verification.advice.sizes import Sizes

ADVISERS: tuple[Adviser[Any], ...] = (ReplicatedType(), Prefetch(), Priorities(), Sizes(), KeptInQueue(), Promised())

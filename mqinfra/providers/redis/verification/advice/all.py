"""The advisers of Redis, in the order in which they are asked."""

from typing import Any

from mqinfra.providers.base.verification.adviser import Adviser
from mqinfra.providers.redis.verification.advice.consumers import IdleConsumers
from mqinfra.providers.redis.verification.advice.length import LengthAndPending
from mqinfra.providers.redis.verification.advice.node_loss import NodeLoss
from mqinfra.providers.redis.verification.advice.promised import Promised
from mqinfra.providers.redis.verification.advice.sizes import Sizes

ADVISERS: tuple[Adviser[Any], ...] = (LengthAndPending(), NodeLoss(), Sizes(), IdleConsumers(), Promised())

"""The checks of Redis, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.redis.verification.checks.allowed import Allowed
from mqinfra.providers.redis.verification.checks.dead_letters import DeadLetters
from mqinfra.providers.redis.verification.checks.delay import Delay
from mqinfra.providers.redis.verification.checks.denied import Denied
from mqinfra.providers.redis.verification.checks.durability import Durability
from mqinfra.providers.redis.verification.checks.enforced import Enforced
from mqinfra.providers.redis.verification.checks.group_health import GroupHealth
from mqinfra.providers.redis.verification.checks.lag import Lag
from mqinfra.providers.redis.verification.checks.length import Length
from mqinfra.providers.redis.verification.checks.logins import RefusedLogins
from mqinfra.providers.redis.verification.checks.sent_again import AddedAgain

CHECKS: tuple[Check, ...] = (
    DeadLetters(),
    Length(),
    AddedAgain(),
    Durability(),
    RefusedLogins(),
    Allowed(),
    Denied(),
    Enforced(),
    GroupHealth(),
    Lag(),
    Delay(),
)

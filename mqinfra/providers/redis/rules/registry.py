"""The rules about Redis, in the order of their codes. A test holds the list against the files of this folder."""

from mqinfra.providers.base.rule import Rule
from mqinfra.providers.redis.rules.groups import GroupSkipsEntries, ResetIsOver
from mqinfra.providers.redis.rules.logins import CallerLockedOut, DefaultUserDeleted, UserWithoutPassword
from mqinfra.providers.redis.rules.persistence import (
    SavesWriteMore,
    UsersLostOnRestart,
    UsersNotOnEveryNode,
    UsersPerhapsNotSaved,
)
from mqinfra.providers.redis.rules.rights import (
    AllCommandsOnSomeKeys,
    ConsumerWithoutDeadLetters,
    RightsOutsideScope,
    UserOnAllKeys,
)
from mqinfra.providers.redis.rules.streams import (
    DeadLettersHeldShorter,
    DeadLettersInAnotherSlot,
    StreamLongerThanExpected,
    StreamsCanBeEvicted,
)

RULES: tuple[Rule, ...] = (
    GroupSkipsEntries(),
    StreamLongerThanExpected(),
    DeadLettersInAnotherSlot(),
    ResetIsOver(),
    StreamsCanBeEvicted(),
    DeadLettersHeldShorter(),
    UsersLostOnRestart(),
    UsersNotOnEveryNode(),
    SavesWriteMore(),
    UsersPerhapsNotSaved(),
    ConsumerWithoutDeadLetters(),
    CallerLockedOut(),
    DefaultUserDeleted(),
    AllCommandsOnSomeKeys(),
    UserWithoutPassword(),
    UserOnAllKeys(),
    RightsOutsideScope(),
)

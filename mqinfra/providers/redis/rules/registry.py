"""The rules about Redis, in the order of their codes. A test holds the list against the files of this folder."""

from mqinfra.providers.base.rule import Rule
from mqinfra.providers.redis.rules.all_commands_on_some_keys import AllCommandsOnSomeKeys
from mqinfra.providers.redis.rules.caller_locked_out import CallerLockedOut
from mqinfra.providers.redis.rules.consumer_without_dead_letters import ConsumerWithoutDeadLetters
from mqinfra.providers.redis.rules.dead_letters_held_shorter import DeadLettersHeldShorter
from mqinfra.providers.redis.rules.dead_letters_in_another_slot import DeadLettersInAnotherSlot
from mqinfra.providers.redis.rules.default_user_deleted import DefaultUserDeleted
from mqinfra.providers.redis.rules.group_skips_entries import GroupSkipsEntries
from mqinfra.providers.redis.rules.reset_is_over import ResetIsOver
from mqinfra.providers.redis.rules.rights_outside_scope import RightsOutsideScope
from mqinfra.providers.redis.rules.saves_write_more import SavesWriteMore
from mqinfra.providers.redis.rules.stream_longer_than_expected import StreamLongerThanExpected
from mqinfra.providers.redis.rules.streams_can_be_evicted import StreamsCanBeEvicted
from mqinfra.providers.redis.rules.user_on_all_keys import UserOnAllKeys
from mqinfra.providers.redis.rules.user_without_password import UserWithoutPassword
from mqinfra.providers.redis.rules.users_lost_on_restart import UsersLostOnRestart
from mqinfra.providers.redis.rules.users_not_on_every_node import UsersNotOnEveryNode
from mqinfra.providers.redis.rules.users_perhaps_not_saved import UsersPerhapsNotSaved

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

"""The checks of RabbitMQ, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.rabbitmq.verification.checks.allowed import Allowed
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DeadLetterOfRejected
from mqinfra.providers.rabbitmq.verification.checks.delivery_limit import DeadLetterAfterFailures
from mqinfra.providers.rabbitmq.verification.checks.denied import Denied
from mqinfra.providers.rabbitmq.verification.checks.enforced import Enforced
from mqinfra.providers.rabbitmq.verification.checks.expiry import MessagesExpire
from mqinfra.providers.rabbitmq.verification.checks.full_graves import FullGravesKeep
from mqinfra.providers.rabbitmq.verification.checks.grave_capacity import GravesKeep
from mqinfra.providers.rabbitmq.verification.checks.lasting import Lasting
from mqinfra.providers.rabbitmq.verification.checks.logins import NobodyGetsIn
from mqinfra.providers.rabbitmq.verification.checks.overflow import LimitOfLength
from mqinfra.providers.rabbitmq.verification.checks.priority import PriorityOrder
from mqinfra.providers.rabbitmq.verification.checks.replicas import ReplicasInSync
from mqinfra.providers.rabbitmq.verification.checks.route_match import RouteMatch
from mqinfra.providers.rabbitmq.verification.checks.sent_again import PublishedAgain
from mqinfra.providers.rabbitmq.verification.checks.single_consumer import SingleActiveConsumer
from mqinfra.providers.rabbitmq.verification.checks.tried_rights import DeniedToUser
from mqinfra.providers.rabbitmq.verification.checks.unroutable import Unroutable

CHECKS: tuple[Check, ...] = (
    SingleActiveConsumer(),
    RouteMatch(),
    Unroutable(),
    DeadLetterOfRejected(),
    DeadLetterAfterFailures(),
    GravesKeep(),
    FullGravesKeep(),
    MessagesExpire(),
    LimitOfLength(),
    PriorityOrder(),
    PublishedAgain(),
    Lasting(),
    NobodyGetsIn(),
    Allowed(),
    Denied(),
    DeniedToUser(),
    Enforced(),
    ReplicasInSync(),
)

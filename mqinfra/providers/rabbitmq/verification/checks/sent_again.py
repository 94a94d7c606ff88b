"""V23: a publisher that hears no confirm sends again, and loses nothing."""

from mqinfra.providers.base.verification.blind import SentAgain
from mqinfra.providers.rabbitmq.verification.procedures.cut_confirms import CutConfirms


class PublishedAgain(SentAgain):
    """Duplicates are counted and allowed."""

    proves = "When a connection breaks before the confirm, a publisher that sends again loses nothing."
    open = "What was sent again may be there twice: RabbitMQ does not deduplicate, so consumers have to."
    procedure = CutConfirms

"""V23: a publisher that hears no confirm sends again, and loses nothing."""

from mqinfra.providers.base.verification.blind import SentAgain
from mqinfra.providers.rabbitmq.verification.procedures.cut_confirms import CutConfirms


class PublishedAgain(SentAgain):
    """Duplicates are counted and allowed."""

    name = "publisher resend"
    proves = "When a connection breaks before the confirm, a publisher that resends loses no message."
    open = "Resent messages may be stored twice: RabbitMQ does not deduplicate, so consumers have to."
    procedure = CutConfirms

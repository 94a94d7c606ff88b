"""V23: a producer that hears no answer to XADD sends again, and loses nothing."""

from mqinfra.providers.base.verification.blind import SentAgain
from mqinfra.providers.redis.verification.procedures.cut_answers import CutAnswers


class AddedAgain(SentAgain):
    """Entries are there once where the stream remembers ids of producers, and may be there twice elsewhere."""

    proves = (
        "When a connection breaks before the answer, a producer that resends loses no entry, and duplicates none where "
        "the stream remembers ids."
    )
    open = "Without `idempotence`, and after the stream has forgotten the ids, resent entries are stored twice."
    procedure = CutAnswers

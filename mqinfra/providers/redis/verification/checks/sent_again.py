"""V23: a producer that hears no answer to XADD sends again, and loses nothing."""

from mqinfra.providers.base.verification.blind import SentAgain
from mqinfra.providers.redis.verification.procedures.cut_answers import CutAnswers


class AddedAgain(SentAgain):
    """Entries are there once where the stream remembers ids of producers, and may be there twice elsewhere."""

    proves = (
        "When a connection breaks before the answer, a producer that sends again loses nothing, and doubles nothing "
        "where the stream remembers ids."
    )
    open = "Later than the stream remembers ids, and without `idempotence`, what is sent again is there twice."
    procedure = CutAnswers

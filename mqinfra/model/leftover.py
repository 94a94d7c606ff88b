"""What a plan leaves in place although nobody declares it, and where it could not look."""

from mqinfra.model.address import Address
from mqinfra.model.document import Document
from mqinfra.model.record import Origin


class Leftover(Document):
    """One resource that is there, in scope and not declared, and that the plan does not touch.

    Attributes:
        address: the resource.
        origin: how it came into the project, by our record: then it is *no longer declared*; None when nothing says
            that it was ours.
        beside: a declared resource that it hangs on: a binding of a declared queue, a right of a declared user.
        why: why it does not go by itself although we made it, for people; empty where it never would.
        part_of: the entry that made it and stays too, with which it would go; None for what is no part.
        drains: messages on their way still need it, and it goes by itself once they are through: `apply --wait` waits.
        line: the line under `removed:` that deletes it.
    """

    address: Address
    origin: Origin | None = None
    beside: Address | None = None
    why: str = ""
    part_of: Address | None = None
    drains: bool = False
    line: str = ""


class Unchecked(Document):
    """Where the plan can't tell what is not declared, or no longer.

    Attributes:
        cluster: the cluster's alias.
        kind: the kind of resources; empty for all of them.
        reason: why, for people.
    """

    cluster: str
    kind: str = ""
    reason: str

"""What resources hold, which decides whether they go with their entry, and how grave it is when they go."""

from enum import StrEnum


class Holding(StrEnum):
    """What resources of a kind are (design §6)."""

    DATA = "data"
    """They hold messages: a line has to name them."""
    SETTINGS = "settings"
    """They hold none, but others rest on them: a line has to name them too."""
    ROUTE = "route"
    """They carry messages on, and hold none."""
    RIGHT = "right"
    """They let somebody in."""

    @property
    def needs_line(self) -> bool:
        """Whether one goes only when a line names it."""
        return self in (Holding.DATA, Holding.SETTINGS)

"""Levels of compatibility: which directions they check, which is stricter, and who has to be deployed first."""

from enum import StrEnum


class Level(StrEnum):
    """What a new schema has to be compatible with."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def backward(self) -> bool:
        """Whether the new schema has to read what older ones wrote."""
        return self.value.startswith(("BACKWARD", "FULL"))

    @property
    def forward(self) -> bool:
        """Whether older schemas have to read what the new one writes."""
        return self.value.startswith(("FORWARD", "FULL"))

    @property
    def transitive(self) -> bool:
        """Whether all older versions count, and not only the latest."""
        return self.value.endswith("_TRANSITIVE")

    def as_strict_as(self, other: "Level") -> bool:
        """Whether whatever passes this level passes another one too."""
        return (
            self.backward >= other.backward
            and self.forward >= other.forward
            and (self.transitive or not other.transitive)
        )

    @classmethod
    def read(cls, said: object) -> "Level | None":
        """Read a registry's word; None for one that is unknown."""
        return cls(str(said)) if str(said) in tuple(cls) else None


_FIRST = {
    (True, False): "deploy consumers before producers: what the new schema writes, only the new schema can read",
    (False, True): "deploy producers before consumers: the new schema can't read what older ones wrote",
    (True, True): "producers and consumers can be deployed in any order",
    (False, False): "nothing was checked: deploy producers and consumers together",
}


def who_goes_first(level: Level) -> str:
    """Say who has to use the new schema first."""
    return f"{level.value}: {_FIRST[level.backward, level.forward]}"

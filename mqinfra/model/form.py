"""What a value is made of, where its type does not tell, so that views can say what of it changes."""

from enum import StrEnum


class Form(StrEnum):
    """How a value is read; written in a plan, so that no view has to guess."""

    SET = "set"
    """Members without order; a text has commas between them."""
    LIST = "list"
    """Members in order; a text has commas between them."""
    REGEX = "regex"
    """A regular expression."""
    RULES = "rules"
    """Rules that are carried out one after the other."""

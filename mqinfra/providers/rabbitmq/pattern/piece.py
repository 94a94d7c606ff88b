"""Parts of a pattern and how they join: their text for Python's `re`, and what matching them may cost.

Python's matcher tries again and again, and takes exponential time for patterns such as `(a+)+b`. RabbitMQ limits the
tries; `re` can't. So every piece counts the ways in which it can match. A piece is *sure* when the next byte always
tells what to do (a one-unambiguous expression); such a piece takes linear time however often it repeats.
"""

from collections.abc import Sequence
from dataclasses import replace

from mqinfra.model.frozen import dataclass
from mqinfra.providers.rabbitmq.pattern import byte_class

LONGEST_NAME = 255
"""Bytes in a name of a queue or exchange (AMQP's short strings), and so tries of one repeat."""
_MOST_WORDS = 100_000
_ONE_WORD = frozenset({b""})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern.

    Attributes:
        source: the part for Python's `re` over bytes.
        shortest: fewest bytes that it takes.
        longest: most bytes that it takes; None when there is no bound.
        first: bytes that it can begin with.
        more: bytes with which it could go on where it may also end.
        sure: whether the next byte always tells how to go on.
        ways: upper bound for the number of ways to match it at one place.
        words: all that it matches, when that is a list of literals.
        prefix: bytes that whatever it matches begins with.
        starts: whether it only matches at the start of the subject.
        ends: whether it only matches at the end of the subject, or before a newline there.
        fills: whether it is a repeat of any byte, which reaches the end of the line at once.
        opens: whether it begins with such a repeat, so that a match can as well begin where the line does.
        last_ways: as `ways`, where nothing follows: a repeat at the end never has to try again.
    """

    source: bytes
    shortest: int = 0
    longest: int | None = 0
    first: int = 0
    more: int = 0
    sure: bool = True
    ways: float = 1
    words: frozenset[bytes] | None = None
    prefix: bytes = b""
    starts: bool = False
    ends: bool = False
    fills: bool = False
    opens: bool = False
    last_ways: float = 1


def one_byte(members: int) -> Piece:
    """A byte of a set."""
    single = byte_class.only_member(members)
    word = None if single is None else bytes((single,))
    return Piece(
        byte_class.python_class(members),
        shortest=1,
        longest=1,
        first=members,
        words=None if word is None else frozenset({word}),
        prefix=word or b"",
    )


def literal(word: bytes, source: bytes) -> Piece:
    """A run of bytes."""
    return Piece(source, len(word), len(word), byte_class.of(word[0]), words=frozenset({word}), prefix=word)


def sequence(pieces: Sequence[Piece]) -> Piece:
    """Pieces one after the other."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return Piece(b"", words=_ONE_WORD)
    first = more = 0
    sure, product, shortest = True, 1.0, 0
    longest: int | None = 0
    for piece in pieces:
        sure = sure and piece.sure and not more & piece.first
        more = piece.more | (0 if piece.shortest else more)
        first |= 0 if shortest else piece.first
        shortest += piece.shortest
        longest = None if longest is None or piece.longest is None else longest + piece.longest
        product *= piece.ways
    return Piece(
        b"".join(piece.source for piece in pieces),
        shortest,
        longest,
        first,
        more,
        sure,
        min(product, LONGEST_NAME) if sure else product,
        _sequence_words(pieces),
        _sequence_prefix(pieces),
        starts=pieces[0].starts,
        ends=pieces[-1].ends,
        opens=pieces[0].opens,
        last_ways=_last_ways(pieces, sure=sure),
    )


def alternatives(branches: Sequence[Piece]) -> Piece:
    """One of several pieces."""
    if len(branches) == 1:
        return branches[0]
    first = more = 0
    sure = True
    nullable = False
    for branch in branches:
        sure = sure and branch.sure and not first & branch.first and not (nullable and not branch.shortest)
        nullable = nullable or not branch.shortest
        first |= branch.first
        more |= branch.more
    starts, ends = (all(getattr(branch, edge) for branch in branches) for edge in ("starts", "ends"))
    known = all(b.words is not None and b.starts == starts and b.ends == ends for b in branches)
    return Piece(
        b"|".join(branch.source for branch in branches),
        min(branch.shortest for branch in branches),
        _longest(branches),
        first,
        more | (first if nullable else 0),
        sure,
        max(branch.ways for branch in branches) if sure else sum(branch.ways for branch in branches),
        frozenset().union(*(b.words or () for b in branches)) if known else None,
        starts=starts,
        ends=ends,
        last_ways=(max if sure else sum)(branch.last_ways for branch in branches),
    )


def group(opening: bytes, body: Piece) -> Piece:
    """A piece in brackets of its own; an atomic one, `(?>`, takes the first of its words and no other."""
    atomic = opening == b"(?>"
    return replace(
        body,
        source=opening + body.source + b")",
        words=None if atomic else body.words,
        opens=body.opens and not atomic,
    )


def assertion(source: bytes, ways: float = 1, *, starts: bool = False, ends: bool = False) -> Piece:
    """A condition that takes no bytes."""
    edge = starts or ends
    words = _ONE_WORD if edge else None
    return Piece(source, sure=edge, ways=ways, words=words, starts=starts, ends=ends, last_ways=ways)


def repeat(body: Piece, low: int, high: int | None, mark: bytes) -> Piece | None:
    """A piece several times; None when that can take too long.

    Args:
        body: what to repeat.
        low: how often at least.
        high: how often at most; None for no bound.
        mark: the quantifier for Python's `re`.
    """
    varies = high is None or high > low
    many = high is None or high > 1
    sure = body.sure and body.shortest > 0 and not (many and body.more & body.first)
    if many and not sure and (varies or body.ways > 1):
        return None
    ways = body.ways
    if varies:
        tries = LONGEST_NAME if high is None else min(high - low + 1, LONGEST_NAME)
        ways = tries if sure else ways + 1
    fills = high is None and body.longest == 1 and body.first | byte_class.of(10) == byte_class.ALL
    return Piece(
        _bracketed(body) + mark,
        body.shortest * low,
        None if high is None or body.longest is None else body.longest * high,
        body.first,
        body.more | (body.first if varies else 0),
        sure=sure,
        ways=ways,
        starts=body.starts and low > 0,
        ends=body.ends and low > 0,
        fills=fills,
        opens=fills and mark in (b"*", b"*?"),
        last_ways=1 if sure else ways,
    )


def _bracketed(body: Piece) -> bytes:
    return b"(?:" + body.source + b")"


def _longest(branches: Sequence[Piece]) -> int | None:
    found = 0
    for branch in branches:
        if branch.longest is None:
            return None
        found = max(found, branch.longest)
    return found


def _last_ways(pieces: Sequence[Piece], *, sure: bool) -> float:
    found = 1.0
    fills = len(pieces) > 1 and pieces[-1].ends and not pieces[-1].longest and pieces[-2].fills
    for place, piece in enumerate(pieces):
        if place == len(pieces) - 1:
            found *= piece.last_ways
        elif not (fills and place == len(pieces) - 2):
            found *= piece.ways
    return min(found, LONGEST_NAME) if sure else found


def _sequence_words(pieces: Sequence[Piece]) -> frozenset[bytes] | None:
    words = _ONE_WORD
    for place, piece in enumerate(pieces):
        if piece.words is None or (piece.starts and place) or (piece.ends and place < len(pieces) - 1):
            return None
        if len(words) * len(piece.words) > _MOST_WORDS:
            return None
        if piece.words is not _ONE_WORD:
            words = frozenset(left + right for left in words for right in piece.words)
    return words


def _sequence_prefix(pieces: Sequence[Piece]) -> bytes:
    found = b""
    for piece in pieces:
        found += piece.prefix
        if piece.words is None or len(piece.words) != 1:
            break
    return found

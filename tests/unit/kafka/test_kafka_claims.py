"""Who has the lock, by what stands in the topic and the brokers' time."""

from mqinfra.providers.kafka.records.claims import EXPIRY_MS, Claims, Heartbeat, heartbeat_from

ANN, BEN = b"l:ann", b"l:ben"


def first(claims: Claims) -> str | None:
    found = claims.first()
    return found.holder if found is not None else None


def said(holder: str, claim_offset: int | None = None, previous: int | None = None) -> bytes:
    return Heartbeat(holder, claim_offset, previous).to_bytes()


def test_the_first_claim_has_the_lock() -> None:
    claims = Claims()
    assert first(claims) is None
    claims.note(ANN, 10, 1_000, said("ann"))
    claims.note(BEN, 11, 1_000, said("ben"))
    assert first(claims) == "ann"


def test_a_heartbeat_that_compaction_moved_behind_another_claim_keeps_its_place() -> None:
    claims = Claims()
    claims.note(BEN, 11, 2_000, said("ben"))
    claims.note(ANN, 12, 3_000, said("ann", 10, 1_000))
    assert first(claims) == "ann"


def test_a_claim_that_was_given_up_makes_way() -> None:
    claims = Claims()
    claims.note(ANN, 10, 1_000, said("ann"))
    claims.note(BEN, 11, 1_000, said("ben"))
    claims.note(ANN, 12, 2_000, None)
    assert first(claims) == "ben"


def test_a_claim_dies_when_its_heartbeats_stop_and_not_before() -> None:
    claims = Claims()
    claims.note(ANN, 10, 1_000, said("ann"))
    claims.note(BEN, 11, 1_000, said("ben"))
    claims.note(BEN, 12, 1_000 + EXPIRY_MS, said("ben", 11, 1_000))
    assert first(claims) == "ann"
    claims.note(BEN, 13, 1_001 + EXPIRY_MS, said("ben", 11, 1_000 + EXPIRY_MS))
    assert first(claims) == "ben"


def test_a_claim_that_was_dead_stays_dead_whatever_comes_later() -> None:
    late = 1_001 + EXPIRY_MS
    claims = Claims()
    claims.note(ANN, 10, 1_000, said("ann"))
    claims.note(BEN, 11, late, said("ben"))
    claims.note(ANN, 12, late, said("ann", 10, 1_000))
    assert first(claims) == "ben"
    claims.note(ANN, 13, late + 1, said("ann", 10, late))
    assert first(claims) == "ben"


def test_a_late_heartbeat_shows_that_it_was_late_when_those_before_it_are_compacted_away() -> None:
    late = 1_001 + EXPIRY_MS
    claims = Claims()
    claims.note(BEN, 11, late, said("ben"))
    claims.note(ANN, 12, late + 1, said("ann", 10, 1_000))
    assert first(claims) == "ben"


def test_what_is_no_claim_is_left_out() -> None:
    claims = Claims()
    for value in (b"", b"\xff", b"[]", b'{"holder": 5}'):
        assert heartbeat_from(value) is None
        claims.note(ANN, 10, 1_000, value)
    assert first(claims) is None


def test_a_heartbeat_is_read_as_it_was_written() -> None:
    for beat in (Heartbeat("ann@host, plan sha256:1"), Heartbeat("ann", 0, 0), Heartbeat("é", 7, 9)):
        assert heartbeat_from(beat.to_bytes()) == beat

"""What somebody else wrote comes back out of a Markdown reader as it was, and as nothing but code."""

from hypothesis import example, given
from hypothesis import strategies as st

from mqinfra.render.markdown.escape import code, fenced, marker, row, table
from mqinfra.render.terminal import clean
from tests.unit.render import hostile
from tests.unit.render.markdown.reader import assert_only_ours, read


def unpadded(text: str) -> str:
    """A code span as a reader takes it: one blank at each end goes where there is anything else."""
    return text[1:-1] if text[:1] == text[-1:] == " " and text.strip() else text


@example("a`b")
@example("`` @org/team ``")
@example("`")
@given(hostile.texts)
def test_a_code_span_holds_its_text(text: str) -> None:
    found = read(f"### before {code(text)} after")
    assert found.spans == [unpadded(clean(text))] or found.spans == [clean(text)]
    assert found.prose == ["before ", " after"]
    assert_only_ours(found)


@example(["```", "</details>", "@org/team"])
@example(["a", "````", "# b"])
@given(st.lists(hostile.texts, max_size=4))
def test_a_fence_holds_its_lines(texts: list[str]) -> None:
    lines = [clean(text) for text in texts]
    found = read(fenced(lines, "diff") + "\nafter")
    assert found.fences == ["".join(f"{line.rstrip()}\n" for line in lines)]
    assert found.prose == ["after"]
    assert_only_ours(found)


@given(st.lists(st.lists(hostile.texts, min_size=1, max_size=2), min_size=1, max_size=3))
def test_a_row_of_a_table_holds_its_cells(cells: list[list[str]]) -> None:
    found = read(table(["head"] * len(cells), [row(cells), row([["last"]] * len(cells))]))
    assert len(found.rows) == 2
    assert [[clean(text) for text in cell] for cell in cells] == found.rows[0]
    assert_only_ours(found)


@given(hostile.texts, hostile.texts)
def test_a_marker_is_a_comment_that_cannot_be_closed(project: str, environment: str) -> None:
    found = read(f"{marker('plan', project, environment)}\n### title")
    assert found.prose == ["title"]
    assert_only_ours(found)
    assert "--" not in found.html[0][4:-3]

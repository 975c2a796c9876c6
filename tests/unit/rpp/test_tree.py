"""The line tree: bytes in, the same bytes out, and edits that touch one line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rpp_corpus import CORPUS, GOLDEN

from dawassist.errors import InputError, RppError
from dawassist.rpp import tree
from dawassist.rpp.tokens import number_text, quote, tokenize
from dawassist.rpp.tree import Line, Project, parse

SMALL = (
    b'<REAPER_PROJECT 0.1 "7.0" 1\n  NOTE \'a "b"\' `c`\n  <TRACK {A}\n    NAME "x y"\n    VOLPAN 1 0 -1 -1 1\n  >\n>\n'
)


def tagged(project: Project, tag: str) -> Line:
    line = project.root.line(tag)
    assert line is not None
    return line


@pytest.mark.parametrize("path", CORPUS)
def test_a_real_project_comes_back_byte_for_byte(path: Path) -> None:
    data = path.read_bytes()
    project = parse(data)
    assert project.to_bytes() == data
    assert project.root.clone().to_bytes() == project.root.to_bytes()


@pytest.mark.parametrize("name", ["handmade.rpp", "rare.rpp"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_line_endings_are_kept(name: str, ending: bytes) -> None:
    data = (GOLDEN / name).read_bytes().replace(b"\n", ending)
    project = parse(data)
    assert project.to_bytes() == data
    assert project.root.new_line("A", "b c").raw == b'  A "b c"' + ending


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20).map(lambda raw: b"|" + raw.replace(b"\n", b"").replace(b"\0", b"")),
            st.sampled_from([b"  <A b", b" >", b"", b"\t", b"X 'q \" r' \xff\xfe\r"]),
        )
    )
)
def test_any_lines_come_back_or_are_refused_with_a_line_number(lines: list[bytes]) -> None:
    data = b"<REAPER_PROJECT\n" + b"\n".join(lines)
    try:
        project = parse(data)
    except RppError as error:
        assert error.line_number > 0  # noqa: PT017
        return
    assert project.to_bytes() == data


@given(st.binary(max_size=200))
def test_garbage_is_refused_with_a_line_number(data: bytes) -> None:
    with pytest.raises(RppError) as caught:
        parse(data)
    assert caught.value.line_number > 0


@pytest.mark.parametrize(
    ("data", "line_number"),
    [
        (b"", 1),
        (b"\n\n", 1),
        (b"hello\n", 1),
        (b"\n<TRACK\n>\n", 2),
        (SMALL[:-2], 1),
        (SMALL[:-6], 3),
        (SMALL + b"more\n", 8),
        (SMALL.replace(b"x y", b"x\0y"), 4),
        (b"<REAPER_PROJECT\n" + b"<A\n" * 200_000, tree.MAX_DEPTH + 1),
        (b"<REAPER_PROJECT\nA " + b"x" * (tree.MAX_LINE_BYTES + 1) + b"\n>\n", 2),
    ],
    ids=["empty", "blank", "text", "another root", "truncated", "track open", "trailing", "NUL", "depth bomb", "long"],
)
def test_a_broken_file_is_refused_at_its_line(data: bytes, line_number: int) -> None:
    with pytest.raises(RppError) as caught:
        parse(data)
    assert caught.value.line_number == line_number


def test_size_and_number_of_lines_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_LINES", 6)
    with pytest.raises(RppError, match="too many lines"):
        parse(SMALL)
    monkeypatch.setattr(tree, "MAX_BYTES", 10)
    with pytest.raises(RppError, match="bytes"):
        parse(SMALL)


def test_tokens_know_all_three_quotes() -> None:
    assert tagged(parse(SMALL), "NOTE").texts == ["NOTE", 'a "b"', "c"]


def test_a_quote_without_end_takes_the_rest_of_the_line() -> None:
    assert [token.text for token in tokenize(b'  A "b c\r\n')] == ["A", "b c"]


def test_text_that_is_not_utf8_survives_an_edit_beside_it() -> None:
    line = Line(b'  NAME "caf\xe9" 1\r\n')
    line.set_token(2, "2")
    assert line.raw == b'  NAME "caf\xe9" 2\r\n'
    line.set_token(1, line.text(1))
    assert line.raw == b'  NAME "caf\xe9" 2\r\n'


@given(st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])))
def test_a_quoted_text_is_read_as_it_was(text: str) -> None:
    try:
        written = quote(text)
    except InputError:
        assert all(mark in text for mark in "\"'`")
        return
    tokens = tokenize(b"NAME " + written + b"\n")
    assert [token.text for token in tokens[1:]] == [text]


@pytest.mark.parametrize(
    ("text", "written"),
    [("", b'""'), ("a", b"a"), ("a b", b'"a b"'), ('a "b"', b"'a \"b\"'"), ("a \"b'", b"`a \"b'`"), ("'a", b'"\'a"')],
)
def test_quotes_are_chosen_as_reaper_does(text: str, written: bytes) -> None:
    assert quote(text) == written


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.5, "0.5"), (0.70794578438414, "0.70794578438414"), (-0.0, "0"), (1e-20, "0"), (1e6, "1000000")],
)
def test_numbers_are_printed_as_reaper_does(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(InputError):
        number_text(value)


@settings(max_examples=200)
@given(st.floats(min_value=-100.0, max_value=100.0))
def test_setting_a_token_changes_only_that_token(value: float) -> None:
    line = Line(b"    VOLPAN 1  0 -1 -1 1\r\n", 7)
    line.set_number(2, value)
    assert line.raw == b"    VOLPAN 1  " + number_text(value).encode() + b" -1 -1 1\r\n"
    assert line.number_at(2, 9.0) == pytest.approx(value, abs=1e-14)


def test_numbers_that_are_none_name_their_line() -> None:
    for text in ("x", "nan", "inf", "1e999"):
        with pytest.raises(RppError, match="Line 12"):
            Line(f"VOLPAN {text}\n".encode(), 12).number_at(1, 0.0)


def test_several_numbers_are_read_at_once() -> None:
    assert Line(b"PT 1 2.5\n").numbers(7.0, 8.0, 9.0) == (1.0, 2.5, 9.0)
    assert Line(b"PT 1 2.5\n").numbers(7.0) == (1.0,)


def test_integers_may_have_decimals_or_a_flag() -> None:
    line = Line(b"X 4.000 -1:U 7 -2\n")
    assert [line.integer_at(index, 9) for index in range(1, 6)] == [4, -1, 7, -2, 9]


def test_a_token_that_is_not_there_cannot_be_set() -> None:
    line = Line(b"VOLPAN 1 0\n", 3)
    for index in (0, 3, -1):
        with pytest.raises(RppError, match="Line 3"):
            line.set_token(index, "1")


def test_elements_can_be_found_inserted_and_removed() -> None:
    project = parse(SMALL)
    track = project.find_all("TRACK")[0]
    twin = track.clone()
    project.root.insert(project.root.index(track) + 1, twin)
    assert [element.tag for element in project.root.walk()] == ["REAPER_PROJECT", "TRACK", "TRACK"]
    project.root.remove(track)
    assert project.to_bytes() == SMALL
    with pytest.raises(RppError):
        project.root.remove(track)

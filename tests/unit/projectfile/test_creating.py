"""New plug-ins, sends and tracks in a project file: as REAPER writes them, and not a byte else."""

import time
from pathlib import Path

import pytest
from rpp_corpus import CORPUS, GOLDEN

from dawassist.errors import NotModelled
from dawassist.projectfile import ProjectFile
from dawassist.projectfile.patching import patch
from dawassist.rpp.tree import parse
from dawassist.session.edits import CreateTrack, Edit, RemoveCreated
from dawassist.session.model import MASTER_GUID, Session
from dawassist.transaction import Transaction
from tests.creations import EQ, compressor, config, equalizer, inserting, plate, sending

HANDMADE = GOLDEN / "handmade.rpp"
KICK, SNARE, BASS, VOCAL, REVERB = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 4, 5, 7))
KICK_EQ, KICK_COMP = (f"{{F000000{n}-0000-4000-8000-00000000000{n}}}" for n in (1, 2))


def transaction(session: Session, *edits: Edit) -> Transaction:
    return Transaction(id="t1", fingerprint=session.fingerprint, label="test", edits=edits, not_after=time.time() + 60)


def written(content: bytes, *edits: Edit) -> bytes:
    path = Path("/songs/song.rpp")
    found = patch(content, path, transaction(ProjectFile(HANDMADE).snapshot(), *edits)).content
    assert found is not None
    return found


def added(before: bytes, after: bytes) -> list[bytes]:
    """The lines that are new; the others must be those of before, in their order."""
    old = before.split(b"\n")
    place, new = 0, []
    for line in after.split(b"\n"):
        if place < len(old) and line == old[place]:
            place += 1
        else:
            new.append(line)
    assert place == len(old)
    return new


def test_a_plug_in_is_one_block_of_lines_as_reaper_writes_it() -> None:
    before = HANDMADE.read_bytes()
    new = added(before, written(before, inserting("ReaComp", KICK, "new:comp", after=KICK_COMP)))
    tags = [line.strip().split(b" ")[0] for line in new]
    assert tags[:2] == [b"BYPASS", b"<VST"]
    assert tags[-3:] == [b"FLOATPOS", b"FXID", b"WAK"]
    assert new[1].strip() == (
        b'<VST "VST: ReaComp (Cockos)" reacomp.vst.so 0 "" 1919247213<5653547265636D726561636F6D700000> ""'
    )
    assert new[0].startswith(b"      BYPASS")
    assert new[2].startswith(b"        ")


@pytest.mark.parametrize(("after", "order"), [("", 0), (KICK_EQ, 1), (KICK_COMP, 2)])
def test_a_plug_in_goes_where_it_is_told(after: str, order: int) -> None:
    before = HANDMADE.read_bytes()
    chains = parse(written(before, inserting("ReaEQ", KICK, EQ, after=after))).find_all("TRACK")[1].find_all("FXCHAIN")
    guids = [line.text(1) for line in chains[0].lines("FXID")]
    assert [guid in (KICK_EQ, KICK_COMP) for guid in guids] == [place != order for place in range(3)]


def test_a_track_without_a_chain_gets_one_before_its_items() -> None:
    before = HANDMADE.read_bytes()
    tracks = parse(before).find_all("TRACK")
    place = next(k for k, t in enumerate(tracks) if t.find("FXCHAIN") is None and t.find("ITEM") is not None)
    after = parse(written(before, *equalizer(tracks[place].text(1)))).find_all("TRACK")[place]
    tags = [element.tag for element in after.find_all()]
    assert tags.index("FXCHAIN") == tags.index("ITEM") - 1


def test_the_master_gets_plug_ins_too() -> None:
    before = HANDMADE.read_bytes()
    assert len(parse(written(before, inserting("ReaEQ", MASTER_GUID, EQ))).root.find("MASTERFXLIST").lines("FXID")) == 2  # type: ignore[union-attr]
    without = before.replace(b"<MASTERFXLIST", b"<OTHERFXLIST")
    with pytest.raises(NotModelled, match="chain of the master"):
        written(without, inserting("ReaEQ", MASTER_GUID, EQ))


def test_a_send_is_a_line_of_its_destination_behind_those_that_are_there() -> None:
    before = HANDMADE.read_bytes()
    (line,) = added(before, written(before, *sending(KICK, REVERB)[:1]))
    assert line == b"    AUXRECV 1 3 0 0 0 0 0 0 0 -1:U 0 -1 ''"
    track = parse(written(before, *sending(KICK, REVERB))).find_all("TRACK")[6]
    tags = [child.tag for child in track.children]
    assert tags.index("AUXVOLENV") < len(tags) - 1 - tags[::-1].index("AUXRECV") < tags.index("MIDIOUT")


def test_a_track_comes_last_and_is_named_as_it_was_asked_for() -> None:
    before = HANDMADE.read_bytes()
    after = written(before, *plate(KICK, SNARE))
    assert all(line in after for line in before.split(b"\n"))
    added(before, after)
    track = parse(after).find_all("TRACK")[-1]
    assert track.line("NAME").text(1) == 'Plate "A"'  # type: ignore[union-attr]
    assert [line.integer_at(1, -1) for line in track.lines("AUXRECV")] == [1, 2]


def test_line_endings_are_those_of_the_file() -> None:
    before = HANDMADE.read_bytes().replace(b"\n", b"\r\n")
    after = written(before, *plate(KICK), *equalizer(VOCAL))
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize(
    ("saved_by", "file"),
    [(b"7.22/linux-x86_64", b"reaeq.vst.so"), (b"6.80/OSX64-clang", b"reaeq.vst.dylib"),
     (b"7.22/macOS-arm64", b"reaeq.vst.dylib"), (b"6.80/win64", b"reaeq.dll")],
)  # fmt: skip
def test_the_file_of_the_plug_in_is_that_of_the_projects_system(saved_by: bytes, file: bytes) -> None:
    content = b'<REAPER_PROJECT 0.1 "%s" 1700000000\n  <TRACK %s\n    NAME Kick\n  >\n>\n' % (saved_by, KICK.encode())
    assert b" %s 0 " % file in written(content, inserting("ReaEQ", KICK, EQ))


@pytest.mark.parametrize("tail", [b"", b"    <ITEM\n    >\n", b"    MAINSEND 1 0\n"])
def test_a_track_of_few_lines_is_enough(tail: bytes) -> None:
    content = b"<REAPER_PROJECT 0.1\n  <TRACK %s\n    NAME Kick\n%s  >\n>\n" % (KICK.encode(), tail)
    after = written(content, *plate(KICK), *equalizer(KICK), *compressor(KICK, after=EQ))
    added(content, after)
    first, last = parse(after).find_all("TRACK")
    assert len(first.find("FXCHAIN").lines("FXID")) == 2  # type: ignore[union-attr]
    assert len(last.lines("AUXRECV")) == 1


def test_a_project_without_tracks_gets_its_first() -> None:
    after = written(b"<REAPER_PROJECT 0.1\n>\n", CreateTrack(name="Plate", creates="new:x", label="new"))
    assert len(parse(after).find_all("TRACK")) == 1


@pytest.mark.parametrize("path", CORPUS)
def test_real_projects_take_a_return_and_an_equalizer(path: Path) -> None:
    content = path.read_bytes()
    session = ProjectFile(path).snapshot()
    if not session.tracks or sum(track.folder_depth for track in session.tracks) > 0:
        pytest.skip("no track, or a folder that is not closed")
    source = session.tracks[0].guid
    found = patch(content, path, transaction(session, *plate(source), *equalizer(source)))
    assert found.content is not None
    assert {result.status for result in found.results} == {"applied"}
    added(content, found.content)


def test_what_a_file_cannot_take_is_refused() -> None:
    before = HANDMADE.read_bytes()
    for edit, words in (
        (inserting("ReaGate", KICK, "new:gate"), "cannot be inserted"),
        (config(KICK, KICK_EQ, "BANDTYPE1", "8", "3"), "not a value"),
        (config(KICK, KICK_EQ, "BANDENABLED1", "1", "yes"), "not a value"),
        (RemoveCreated(kind="fx", track_guid=KICK, guid=KICK_EQ, transaction_id="t0", label="x"), "removing the file"),
    ):
        with pytest.raises(NotModelled, match=words):
            written(before, edit)


def test_a_setting_that_only_reaeq_has_is_refused_elsewhere() -> None:
    from dawassist.projectfile.addresses import Addresses
    from dawassist.projectfile.creating import insert_fx, set_fx_config

    addresses = Addresses(parse(HANDMADE.read_bytes()).root)
    with pytest.raises(NotModelled, match="BANDTYPE0"):
        set_fx_config(addresses, config(KICK, KICK_COMP, "BANDTYPE0", "0", "8"))
    with pytest.raises(NotModelled, match="BANDTYPE9"):
        set_fx_config(addresses, config(KICK, KICK_EQ, "BANDTYPE9", "0", "8"))
    with pytest.raises(NotModelled, match="is gone"):
        insert_fx(addresses, inserting("ReaEQ", KICK, EQ, after="{GONE}"))

"""Setting up and removing, on copied folder layouts of Linux, macOS, Windows and portable installs."""

from pathlib import Path

import pytest

from dawassist.errors import SetupError
from dawassist.reaper import ini_edits, installation, resource_folder
from dawassist.reaper.installation import install, plan_installation, uninstall

KEYBOARD = b'KEY 1 65 40001 0\nSCR 4 0 RSabc "Custom: mine.lua" "my scripts/mine.lua"'  # no final newline
LAYOUTS = {
    "linux": (b"[REAPER]\nautosaveint=15\n[midihw]\nx=1\n", KEYBOARD),
    "windows": (b"[reaper]\r\nautosaveint=15\r\n[midihw]\r\nx=1\r\n", KEYBOARD.replace(b"\n", b"\r\n")),
    "macos without actions": (b"[REAPER]\nreascript=0\npythonlibpath64=/gone\npythonlibdll64=libgone.dylib", None),
    "empty": (b"", b""),
}


def nobody_runs() -> tuple[int, ...]:
    return ()


@pytest.fixture(params=LAYOUTS, ids=str)
def layout(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    ini, keyboard = LAYOUTS[request.param]
    folder = tmp_path / "My REAPER folder"
    folder.mkdir()
    (folder / "reaper.ini").write_bytes(ini)
    if keyboard is not None:
        (folder / "reaper-kb.ini").write_bytes(keyboard)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "libpython3.11.so.1.0"
    path.write_bytes(b"ELF")
    return path


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def set_up(folder: Path, library: Path) -> None:
    install(plan_installation(folder, library), running=nobody_runs)


def test_planning_writes_nothing_and_names_every_file(layout: Path, library: Path) -> None:
    before = contents(layout)
    planned = plan_installation(layout, library)
    assert contents(layout) == before
    assert {change.path.name for change in planned.changes} == {
        "dawassist_server.py", "dawassist_suggest_mix.py", "reaper-kb.ini", "reaper.ini",
    }  # fmt: skip


def test_uninstall_restores_the_folder_byte_for_byte(layout: Path, library: Path) -> None:
    before = contents(layout)
    set_up(layout, library)
    assert contents(layout) != before
    uninstall(layout, running=nobody_runs)
    assert contents(layout) == before


def test_setting_up_twice_changes_nothing_the_second_time(layout: Path, library: Path) -> None:
    set_up(layout, library)
    once = contents(layout)
    assert not plan_installation(layout, library).changes
    set_up(layout, library)
    assert contents(layout) == once


def test_setup_adds_whole_lines_and_keeps_every_other_line(layout: Path, library: Path) -> None:
    old = (layout / "reaper-kb.ini").read_bytes() if (layout / "reaper-kb.ini").exists() else b""
    set_up(layout, library)
    new = (layout / "reaper-kb.ini").read_bytes()
    assert [line for line in new.splitlines() if b"dawassist" not in line] == old.splitlines()
    assert new.count(b"dawassist: Suggest mix") == 1
    assert installation.configured_python((layout / "reaper.ini").read_bytes()) == library


def test_uninstall_keeps_what_reaper_changed_since(layout: Path, library: Path) -> None:
    set_up(layout, library)
    keyboard, ini = layout / "reaper-kb.ini", layout / "reaper.ini"
    keyboard.write_bytes(keyboard.read_bytes() + b"KEY 1 66 40002 0\n")
    ini.write_bytes(ini_edits.set_value(ini.read_bytes(), "REAPER", "autosaveint", "99"))
    sentences = uninstall(layout, running=nobody_runs)
    assert b"KEY 1 66 40002 0" in keyboard.read_bytes()
    assert b"dawassist" not in keyboard.read_bytes()
    assert ini_edits.get_value(ini.read_bytes(), "REAPER", "autosaveint") == "99"
    assert installation.configured_python(ini.read_bytes()) is None
    assert sum("only our own lines" in sentence for sentence in sentences) == 2


def test_a_second_setup_never_brings_back_an_older_state(layout: Path, library: Path) -> None:
    set_up(layout, library)
    keyboard = layout / "reaper-kb.ini"
    keyboard.write_bytes(b"KEY 1 66 40002 0\n")  # REAPER rewrote it without us
    set_up(layout, library)
    uninstall(layout, running=nobody_runs)
    assert keyboard.read_bytes() == b"KEY 1 66 40002 0\n"


def test_setup_and_uninstall_refuse_while_reaper_runs(layout: Path, library: Path) -> None:
    before = contents(layout)
    with pytest.raises(SetupError, match="REAPER is running"):
        install(plan_installation(layout, library), running=lambda: (42,))
    assert contents(layout) == before
    with pytest.raises(SetupError, match="REAPER is running"):
        uninstall(layout, running=lambda: (42,))


def test_a_file_that_changed_after_the_plan_is_not_overwritten(layout: Path, library: Path) -> None:
    planned = plan_installation(layout, library)
    (layout / "reaper-kb.ini").write_bytes(b"KEY 9 9 9 0\n")
    with pytest.raises(SetupError, match="changed while setup was running"):
        install(planned, running=nobody_runs)
    assert (layout / "reaper-kb.ini").read_bytes() == b"KEY 9 9 9 0\n"


def test_a_working_python_of_the_user_stays(layout: Path, library: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "libpython3.9.so"
    own.parent.mkdir()
    own.write_bytes(b"ELF")
    set_up(layout, own)
    planned = plan_installation(layout, library)
    assert not planned.changes
    assert str(own) in planned.notes[0]


def test_uninstall_where_nothing_is_installed_says_so(layout: Path) -> None:
    with pytest.raises(SetupError, match="not installed"):
        uninstall(layout, running=nobody_runs)


def test_a_damaged_manifest_is_reported_and_nothing_is_touched(layout: Path, library: Path) -> None:
    set_up(layout, library)
    (layout / installation.MANIFEST).write_bytes(b"{")
    before = contents(layout)
    with pytest.raises(SetupError, match="damaged"):
        uninstall(layout, running=nobody_runs)
    assert contents(layout) == before


def test_the_action_starts_the_server_and_then_the_panel(layout: Path, library: Path) -> None:
    set_up(layout, library)
    script = (layout / installation.ACTION_SCRIPT).read_text(encoding="utf-8")
    compile(script, "action", "exec")
    assert script.index("dawassist_server.py") < script.index("subprocess.Popen")


def test_a_python_without_a_shared_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("find_libpython.find_libpython", lambda: None)
    with pytest.raises(SetupError, match="no shared library that REAPER could load"):
        installation.find_python_library()


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, ["/home/ann/.config/REAPER"]),
        ("linux", {"XDG_CONFIG_HOME": "/cfg"}, ["/cfg/REAPER", "/home/ann/.config/REAPER"]),
        ("darwin", {}, ["/home/ann/Library/Application Support/REAPER"]),
        ("win32", {"APPDATA": "/roaming"}, ["/roaming/REAPER"]),
        ("win32", {}, []),
    ],
)
def test_standard_folders_by_platform(platform: str, environment: dict[str, str], expected: list[str]) -> None:
    folders = resource_folder.standard_folders(platform, Path("/home/ann"), environment)
    assert [folder.as_posix() for folder in folders] == expected


def test_a_portable_folder_needs_a_reaper_ini(layout: Path, tmp_path: Path) -> None:
    assert resource_folder.find_resource_folder(layout) == layout
    with pytest.raises(SetupError, match=r"holds no reaper\.ini"):
        resource_folder.find_resource_folder(tmp_path)


def test_web_interfaces_without_a_password_are_seen() -> None:
    ini = b"[reaper]\ncsurf_0=HTTP 0 2307 '' 'index.html' 0 ''\ncsurf_1=HTTP 0 8080 'ann:secret' 'x.html' 1 ''\n"
    assert ini_edits.web_interfaces(ini) == ((2307, False), (8080, True))

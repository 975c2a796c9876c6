"""What works, what does not, and what to do next; nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dawassist.errors import ConnectionStateError, KnownError, SetupError
from dawassist.reaper import discovery, ini_edits, installation
from dawassist.reaper.live import connect
from dawassist.reaper.resource_folder import INI_NAME, find_resource_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `sentence` ends with the next step when it is not good."""

    is_good: bool
    sentence: str

    @property
    def mark(self) -> str:
        return "✓" if self.is_good else "✕"


def examine(*, reaper_folder: Path | None, discovery_folder: Path | None, web_port: int | None) -> tuple[Check, ...]:
    """Every check, in the order in which set-up goes."""
    try:
        folder = find_resource_folder(reaper_folder)
    except SetupError as error:
        found = [Check(is_good=False, sentence=error.sentence)]
    else:
        found = [Check(is_good=True, sentence=f"REAPER's resource folder is {folder}."), *_folder_checks(folder)]
    found += _connection(discovery_folder, web_port)
    found += _stock_server(web_port or discovery.STOCK_WEB_PORT)
    return tuple(found)


def _folder_checks(folder: Path) -> Iterator[Check]:
    ini = (folder / INI_NAME).read_bytes()
    keyboard = folder / installation.KEYBOARD_INI
    yield _python(ini)
    if not (folder / installation.MANIFEST).is_file():
        yield Check(is_good=False, sentence="dawassist is not installed there. Run dawassist setup.")
        return
    yield _script(folder)
    registered = keyboard.is_file() and ini_edits.ACTION_ID.encode() in keyboard.read_bytes()
    yield Check(
        is_good=registered,
        sentence=f"The action “{ini_edits.ACTION_NAME}” is registered."
        if registered
        else f"The action “{ini_edits.ACTION_NAME}” is not registered. Quit REAPER and run dawassist setup.",
    )
    for port, has_password in ini_edits.web_interfaces(ini):
        yield Check(
            is_good=has_password,
            sentence=f"REAPER's web interface listens on port {port}, with a password."
            if has_password
            else f"REAPER's web interface listens on port {port} on every network interface, without a password. "
            "Whoever reaches it, any web page that you open included, can run REAPER's actions. "
            "dawassist does not need it; remove it in Preferences > Control/OSC/web.",
        )


def _python(ini: bytes) -> Check:
    library = installation.configured_python(ini)
    if library is None:
        return Check(is_good=False, sentence="Python is off in REAPER. Run dawassist setup, which turns it on.")
    if not library.is_file():
        return Check(
            is_good=False, sentence=f"REAPER is set to load {library}, which does not exist. Run dawassist setup."
        )
    return Check(is_good=True, sentence=f"REAPER loads Python from {library}.")


def _script(folder: Path) -> Check:
    from dawassist_plugins.bundle import bundled_script

    script = folder / installation.SERVER_SCRIPT
    is_current = script.is_file() and script.read_bytes() == bundled_script().encode()
    return Check(
        is_good=is_current,
        sentence="The server and agent script is installed and current."
        if is_current
        else "The server and agent script is missing or of another version. Quit REAPER and run dawassist setup.",
    )


def _connection(discovery_folder: Path | None, web_port: int | None) -> Iterator[Check]:
    for instance in discovery.instances(discovery_folder or discovery.default_folder()):
        state = discovery.state_of(instance)
        yield Check(
            is_good=state == "ready",
            sentence=f"REAPER, process {instance.pid}, announced port {instance.port}: {_STATES[state]}",
        )
    try:
        live = connect(web_port=web_port, discovery_folder=discovery_folder)
    except ConnectionStateError as error:
        yield Check(is_good=False, sentence=f"Not connected ({error.state.replace('_', ' ')}). {error.sentence}")
        return
    try:
        found = live.poll()
        project = found.project_path or "an unsaved project"
        yield Check(is_good=True, sentence=f"Connected: {project}, {found.transport}.")
    except KnownError as error:
        yield Check(is_good=False, sentence=f"Connected, but it does not answer as expected. {error.sentence}")
    finally:
        live.close()


def _stock_server(web_port: int) -> Iterator[Check]:
    port = discovery.stock_server_port(web_port)
    if port is None:
        return
    yield Check(
        is_good=False,
        sentence=f"A stock reapy server is published on web port {web_port} (server port {port}, "
        f"{discovery.port_state(port)}). It has no password, listens on every network interface unless it was changed, "
        "and runs any Python code that it is sent, as you. dawassist can use it; its own server is the safe way: end "
        "that script in REAPER and run dawassist setup.",
    )


_STATES: dict[str, str] = {
    "ready": "it answers.",
    "gone": "that process has ended. Start REAPER and run “dawassist: Suggest mix”.",
    "stale": "nothing listens there. Run “dawassist: Suggest mix” in REAPER again.",
    "busy": "it does not answer: a dialog or a render is open in REAPER. Close it.",
}

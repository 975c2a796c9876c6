"""Find the system libraries that Qt and the MIDI library need; as root on Debian install them, else say which.

Exit status 1 with one sentence when something is missing and cannot be installed here.
"""

import ctypes
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libasound.so.2": "libasound2",
    "libjack.so.0": "libjack-jackd2-0",
}


def main() -> int:
    attempts: dict[str, Callable[[], object]] = {
        "The panel (Qt)": lambda: importlib.import_module("PyQt6.QtWidgets"),
        "MIDI control surfaces (ALSA and JACK)": lambda: importlib.import_module("rtmidi"),
    }
    if sys.platform == "linux":
        attempts["The panel on a screen (Qt's X11 platform)"] = lambda: ctypes.CDLL(str(_x11_plugin()))
    return max(_satisfied(what, attempt) for what, attempt in attempts.items())


def _x11_plugin() -> Path:
    package = importlib.import_module("PyQt6").__file__
    return Path(package or "").parent / "Qt6/plugins/platforms/libqxcb.so"


def _satisfied(what: str, attempt: Callable[[], object]) -> int:
    missing = ""
    while True:
        try:
            attempt()
        except (ImportError, OSError) as error:
            match = re.search(r"(lib[\w.+-]+\.so[.\d]*)", str(error))
            library = match.group(1) if match else str(error)
            if library != missing and _install(library):
                missing = library
                continue
            package = DEBIAN_PACKAGES.get(library)
            remedy = f" (Debian and Ubuntu: sudo apt-get install {package})" if package else ""
            print(f"{what} needs the system library {library}, which is missing: install it{remedy}.", file=sys.stderr)
            return 1
        return 0


def _install(library: str) -> bool:
    package = DEBIAN_PACKAGES.get(library)
    if package is None or not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing the system package {package} …", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not any(Path("/var/lib/apt/lists").glob("*Packages*")):
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0:
        return True
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    return subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    sys.exit(main())

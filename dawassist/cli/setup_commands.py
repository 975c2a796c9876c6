"""setup, doctor, uninstall: into REAPER's resource folder and out of it again."""

import argparse
import sys
from pathlib import Path

from dawassist.errors import SetupError


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    setup = commands.add_parser("setup", help="install the bridge into REAPER; says what it writes before it writes")
    setup.add_argument("--yes", action="store_true", help="do not ask")
    setup.add_argument("--python-library", type=Path, metavar="FILE", help="the Python library that REAPER is to load")
    setup.set_defaults(run=setup_reaper)
    doctor = commands.add_parser("doctor", help="what works, what does not, and what to do next")
    doctor.add_argument("--discovery-folder", type=Path, help=argparse.SUPPRESS)
    doctor.add_argument("--web-port", type=int, default=None, help="of a stock reapy server")
    doctor.set_defaults(run=run_doctor)
    uninstall = commands.add_parser("uninstall", help="take everything out of REAPER again, byte for byte")
    uninstall.set_defaults(run=uninstall_from_reaper)
    for command in (setup, doctor, uninstall):
        command.add_argument("--reaper-folder", type=Path, metavar="FOLDER", help="of a portable REAPER")


def setup_reaper(arguments: argparse.Namespace) -> int:
    from dawassist.reaper.installation import find_python_library, install, plan_installation
    from dawassist.reaper.resource_folder import find_resource_folder

    folder = find_resource_folder(arguments.reaper_folder)
    library = arguments.python_library or find_python_library()
    if not library.is_file():
        raise SetupError(f"There is no Python library at {library}.")
    installation = plan_installation(folder, library)
    for note in installation.notes:
        print(note)
    if not installation.changes:
        print(f"dawassist is already set up in {folder}; nothing to write.")
        return 0
    print(f"Setup writes into {folder}, each changed file with a dated backup:")
    for change in installation.changes:
        print(f"  {'new   ' if change.before is None else 'change'}  {change.path}: {change.sentence}")
    if not arguments.yes and not _confirmed():
        print("Nothing was written.")
        return 1
    install(installation)
    print("Done. Start REAPER, open a session and run the action “dawassist: Suggest mix”.")
    return 0


def run_doctor(arguments: argparse.Namespace) -> int:
    from dawassist.reaper.doctor import examine

    checks = examine(
        reaper_folder=arguments.reaper_folder,
        discovery_folder=arguments.discovery_folder,
        web_port=arguments.web_port,
    )
    for check in checks:
        print(f"{check.mark} {check.sentence}")
    return 0 if all(check.is_good for check in checks) else 1


def uninstall_from_reaper(arguments: argparse.Namespace) -> int:
    from dawassist.reaper.installation import uninstall
    from dawassist.reaper.resource_folder import find_resource_folder

    for sentence in uninstall(find_resource_folder(arguments.reaper_folder)):
        print(sentence)
    return 0


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        raise SetupError("Setup asks before it writes and there is no terminal.", next_step="Add --yes.")
    return input("Write this? [y/N] ").strip().lower() in ("y", "yes")

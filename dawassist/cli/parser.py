"""The commands and their options."""

import argparse
from pathlib import Path

import dawassist
from dawassist.cli import live_commands, session_commands, setup_commands
from dawassist.errors import InputError
from dawassist.plan.brief import Scope, parse_material


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; every command sets `run`, a function from the arguments to the exit status."""
    parser = argparse.ArgumentParser(
        prog="dawassist",
        description="A mixing assistant for REAPER. Without a command: open the panel.",
        epilog="Without SESSION.rpp the live REAPER session is meant.",
    )
    parser.add_argument("--version", action="version", version=f"dawassist {dawassist.__version__}")
    parser.set_defaults(run=live_commands.open_panel)
    _add_connection(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the whole journey on the bundled session and the stand-in host")
    demo.add_argument("--headless", action="store_true", help="print the plan, apply, verify, undo; no screen needed")
    demo.set_defaults(run=live_commands.demo)

    _add_session_commands(commands)
    _add_live_commands(commands)
    setup_commands.add_parsers(commands)

    standin = commands.add_parser("standin", help="a stand-in REAPER host process", add_help=False)
    standin.add_argument("arguments", nargs=argparse.REMAINDER)
    standin.set_defaults(run=live_commands.standin)

    taste = commands.add_parser("taste", help="what was learned from your verdicts; stays on this machine")
    taste.add_argument("--reset", action="store_true", help="forget it")
    taste.add_argument("--json", action="store_true", help="print one JSON object")
    taste.set_defaults(run=session_commands.taste)

    listing = commands.add_parser("strategies", help="the ways to mix that are installed")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    listing.set_defaults(run=session_commands.list_strategies)
    return parser


def _add_session_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    snapshot = commands.add_parser("snapshot", help="read a session and print it")
    analyze = commands.add_parser("analyze", help="listen to a session and print what was measured")
    suggest = commands.add_parser("suggest", help="propose moves, each with its reason")
    for command in (snapshot, analyze, suggest):
        command.add_argument("session", nargs="?", type=Path, metavar="SESSION.rpp")
        command.add_argument("--json", action="store_true", help="print one JSON object")
        _add_connection(command)
    for command in (analyze, suggest):
        command.add_argument(
            "--scope", type=_scope, default=None, help="project, selection, selected, region=NAME or tracks=NAME,NAME"
        )
        command.add_argument("--brief", type=Path, metavar="BRIEF.toml", help="demands, locks, roles, target loudness")
        command.add_argument(
            "--render", action="store_true", help="let REAPER render what is not heard here (instruments, plug-ins)"
        )
    suggest.add_argument(
        "--material", type=_material, metavar="M", help="auto, music, speech, live or post; a brief may say it too"
    )
    analyze.add_argument("--covers", metavar="TRACK", help="what covers this track (name, number or GUID)?")
    suggest.add_argument("--strategy", metavar="S", help="a way to mix: see dawassist strategies")
    suggest.add_argument("--match", metavar="BOUNCE", help="a rough mix: find its faders, pans and equalizers again")
    suggest.add_argument(
        "--reference", metavar="FILE", help="a finished recording, or track:NAME, that loudness, tone and lead move to"
    )
    suggest.add_argument(
        "--reference-amount", type=_strength, metavar="0..1", help="how much of the way to it; without it: 0.5"
    )
    suggest.add_argument("--strength", type=_strength, metavar="0..1", help="how far to go; 0 proposes nothing")
    suggest.add_argument("--apply", type=Path, metavar="OUT.rpp", help="accept everything and write a new project")
    suggest.add_argument("--report", type=Path, metavar="OUT.html", help="write the plan as a page")
    snapshot.set_defaults(run=session_commands.snapshot)
    analyze.set_defaults(run=session_commands.analyze)
    suggest.add_argument(
        "--keep", action="store_true", help="keep the brief's constraints with the project; none there: forget them"
    )
    suggest.set_defaults(run=session_commands.suggest)


def _add_live_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    apply = commands.add_parser("apply", help="write accepted recommendations to the live session")
    apply.add_argument("plan", type=Path, metavar="PLAN.json", help="what suggest --json printed")
    apply.add_argument("--only", nargs="+", metavar="ID", help="these recommendations; without it: all")
    apply.add_argument("--json", action="store_true", help="print the receipt as one JSON object")
    apply.set_defaults(run=live_commands.apply)
    undo = commands.add_parser("undo", help="take back the newest applied transaction, the one named, or all of them")
    undo.add_argument(
        "transaction", nargs="?", default="", metavar="TRANSACTION",
        help=f"an id from dawassist history, or {live_commands.BEFORE_DAWASSIST}: the session as it was before any",
    )  # fmt: skip
    undo.add_argument("--json", action="store_true", help="print the receipt as one JSON object")
    undo.set_defaults(run=live_commands.undo)
    history = commands.add_parser("history", help="what was applied, and what came of it")
    history.add_argument("--json", action="store_true", help="print one JSON object")
    history.set_defaults(run=live_commands.history)
    for command in (apply, undo):
        _add_connection(command)


def _add_connection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instance", default=None, metavar="PID", help="one of several running REAPERs")
    parser.add_argument("--web-port", type=int, default=None, help="of a stock reapy server or the stand-in")
    parser.add_argument("--discovery-folder", type=Path, default=None, help=argparse.SUPPRESS)


def _strength(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is outside 0..1")
    return value


def _material(text: str) -> str:
    try:
        parse_material(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _scope(text: str) -> Scope:
    try:
        return Scope.parse(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None

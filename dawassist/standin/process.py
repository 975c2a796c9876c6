"""The stand-in as a program: `dawassist standin SESSION.rpp`. SIGTERM or Ctrl-C ends it."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dawassist.errors import KnownError
from dawassist.standin.faults import Faults
from dawassist.standin.host import START_SERVER_ACTION, Host
from dawassist.standin.project import Project


def main(argv: Sequence[str]) -> int:
    """First line on stdout: ``{"web_port": …, "server_port": …}``, after which the server answers."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except KnownError as error:
        print(f"dawassist: {error}", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    from dawassist.standin import binding, servers, web

    faults = Faults.parse(arguments.fault)
    resource_folder = Path(tempfile.mkdtemp(prefix="dawassist-standin-"))
    host = Host(_loaded(arguments.session), resource_folder)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: host.stop.set())
    binding.install(host)
    faults.install(host)
    servers.prepare(
        host,
        arguments.server,
        arguments.server_port,
        token_file=str(arguments.token_file or ""),
        discovery_folder=str(arguments.discovery_folder or ""),
    )
    host.actions[START_SERVER_ACTION]()
    port = servers.server_port(host)
    if "stale-port" in faults:
        host.ext_state[("reapy", "server_port")] = "1"
    site = None if "no-web" in faults else web.serve(host, arguments.web_port)
    ports = {"web_port": site.server_port if site else 0, "server_port": port, "pid": os.getpid()}
    print(json.dumps(ports), flush=True)
    try:
        host.run(arguments.hz)
    finally:
        if site is not None:
            site.shutdown()
            site.server_close()
        if arguments.save is not None:
            host.project.save(arguments.save)
        shutil.rmtree(resource_folder, ignore_errors=True)
    return 0


def _loaded(path: Path) -> Project:
    try:
        return Project(path)
    except OSError as error:
        raise KnownError(f"The session {path} cannot be read.", why=f"{error.strerror}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dawassist standin", description=__doc__)
    parser.add_argument("session", type=Path, metavar="SESSION.rpp")
    parser.add_argument("--web-port", type=int, default=0, help="0: any free one")
    parser.add_argument("--server-port", type=int, default=0, help="0: any free one")
    parser.add_argument("--hz", type=float, default=30.0, help="ticks per second")
    parser.add_argument("--server", choices=("stock", "compatible", "agent"), default="stock")
    parser.add_argument("--token-file", type=Path, help="where the agent profile keeps its token")
    parser.add_argument("--discovery-folder", type=Path, help="where the agent profile announces itself")
    parser.add_argument("--save", type=Path, metavar="OUT.rpp", help="write the session there at the end")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=NUMBER]", help="what goes wrong")
    return parser

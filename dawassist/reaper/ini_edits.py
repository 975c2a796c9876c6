"""Edits of REAPER's ini files as pure functions of bytes: newline-safe, idempotent, everything else untouched."""

import hashlib
import re

ACTION_NAME = "dawassist: Suggest mix"
ACTION_ID = "RS" + hashlib.sha256(ACTION_NAME.encode()).hexdigest()[:40]


def newline_of(content: bytes) -> bytes:
    """The line ending that a file uses; LF for an empty one."""
    return b"\r\n" if b"\r\n" in content else b"\n"


def get_value(content: bytes, section: str, key: str) -> str | None:
    """A key's value in a section (names without regard to case), or None."""
    for found, line in _lines_with_section(content):
        name, separator, value = line.partition(b"=")
        if separator and found == section.lower() and name.strip().lower() == key.lower().encode():
            return value.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    return None


def set_value(content: bytes, section: str, key: str, value: str) -> bytes:
    """Set a key in a section, which is appended when missing. One line changes or is added."""
    newline = newline_of(content)
    new_line = f"{key}={value}".encode("utf-8", "surrogateescape") + newline
    lines: list[bytes] = []
    inserted = False
    section_end = -1
    for found, line in _lines_with_section(content):
        if found == section.lower():
            if line.partition(b"=")[0].strip().lower() == key.lower().encode() and not inserted:
                lines.append(new_line if line.endswith(b"\n") else new_line.rstrip(b"\r\n"))
                inserted = True
                continue
            section_end = len(lines) + 1
        lines.append(line)
    if inserted:
        return b"".join(lines)
    if section_end < 0:
        lines = [_terminated(content, newline), f"[{section}]".encode() + newline, new_line]
        return b"".join(lines)
    before, after = b"".join(lines[:section_end]), b"".join(lines[section_end:])
    return _terminated(before, newline) + new_line + after


def remove_value(content: bytes, section: str, key: str) -> bytes:
    """Remove a key's line from a section."""
    kept = [
        line
        for found, line in _lines_with_section(content)
        if not (found == section.lower() and line.partition(b"=")[0].strip().lower() == key.lower().encode())
    ]
    return b"".join(kept)


def add_action(content: bytes, script: str) -> bytes:
    """Register `script` (relative to the Scripts folder) as our action in reaper-kb.ini; replaces an earlier line."""
    newline = newline_of(content)
    line = f'SCR 4 0 {ACTION_ID} "Custom: {ACTION_NAME}" {script}'.encode() + newline
    return _terminated(remove_action(content), newline) + line


def remove_action(content: bytes) -> bytes:
    """Remove our action's line from reaper-kb.ini."""
    return re.sub(rb"^SCR 4 0 " + ACTION_ID.encode() + rb" [^\n]*(?:\n|\Z)", b"", content, flags=re.MULTILINE)


def web_interfaces(content: bytes) -> tuple[tuple[int, bool], ...]:
    """REAPER's web interfaces in reaper.ini: (port, has a password)."""
    found = []
    for _, line in _lines_with_section(content):
        match = re.match(rb"csurf_\d+=HTTP \S+ (\d+) '([^']*)'", line.strip())
        if match:
            found.append((int(match.group(1)), b":" in match.group(2)))
    return tuple(found)


def _lines_with_section(content: bytes) -> list[tuple[str, bytes]]:
    section = ""
    result = []
    for line in content.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith(b"[") and stripped.endswith(b"]"):
            section = stripped[1:-1].decode("utf-8", "surrogateescape").lower()
        result.append((section, line))
    return result


def _terminated(content: bytes, newline: bytes) -> bytes:
    return content + newline if content and not content.endswith(b"\n") else content

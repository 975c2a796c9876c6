"""New plug-ins, sends, tracks and volume envelopes in the tree of a project file, laid out as REAPER writes them.

A plug-in is a fresh block of real projects (`fxmaps`); a send is an AUXRECV line of its destination, which names the
source by its place, so that new tracks only ever come last.
"""

import uuid

from dawassist.errors import NotModelled
from dawassist.fxmaps import FxMap, fx_map
from dawassist.projectfile.addresses import Addresses
from dawassist.projectfile.fx import fx_slots
from dawassist.projectfile.fxstate import write_config
from dawassist.projectfile.sends import receives
from dawassist.projectfile.tracks import FX_CHAIN, MASTER_FX_CHAIN, track_place
from dawassist.rpp.tokens import encode, number_text, quote
from dawassist.rpp.tree import Element, Line, Node
from dawassist.session.edits import CreateSend, CreateTrack, InsertFx, SetFxConfig, SwitchEnvelope
from dawassist.session.model import MASTER_GUID, SendTap
from dawassist.session.targets import FxTarget
from dawassist.units import db_to_gain

_STATE_CHARACTERS = 128  # of one line
_MODES: dict[SendTap, int] = {"post_fader": 0, "pre_fx": 1, "pre_fader": 3}
_BEHIND_CHAIN = ("FXCHAIN_REC", "ITEM", "FREEZE")  # what follows the chain in a track
_BEHIND_ENVELOPES = (FX_CHAIN, *_BEHIND_CHAIN)
_VOLUME = "VOLENV2"  # behind the plug-ins; VOLENV is before them
_FLAT = ("ACT 1 -1", "VIS 1 1 1", "LANEHEIGHT 0 0", "ARM 0", "DEFSHAPE 0 -1 -1", "VOLTYPE 1", "PT 0 1 0")
_BEHIND_RECEIVES = ("MIDIOUT", "MAINSEND")
_TRACK = """NAME {name}
PEAKCOL 16576
BEAT -1
AUTOMODE 0
VOLPAN 1 0 -1 -1 1
MUTESOLO 0 0 0
IPHASE 0
PLAYOFFS 0 1
ISBUS 0 0
BUSCOMP 0 0 0 0 0
SHOWINMIX 1 0.6667 0.5 1 0.5 0 0 0 0
SEL 0
REC 0 0 1 0 0 0 0 0
VU 2
TRACKHEIGHT 0 0 0 0 0 0 0
INQ 0 0 0 0.5 100 0 0 100
NCHAN 2
FX 1
TRACKID {guid}
PERF 0
MIDIOUT -1
MAINSEND 1 0"""  # as REAPER 6 and 7 write an empty track


def made_guid(transaction_id: str, placeholder: str) -> str:
    """The GUID of what a transaction creates: the same each time, so that a result can be recognized."""
    name = f"dawassist {transaction_id} {placeholder}"
    return f"{{{str(uuid.uuid5(uuid.NAMESPACE_OID, name)).upper()}}}"


def create_track(addresses: Addresses, edit: CreateTrack) -> None:
    """A track behind the last one."""
    root = addresses.root
    tracks = root.find_all("TRACK")
    element = _element(f"<TRACK {edit.creates}".encode(), _depth(root) + 1, _ending(root))
    for text in _TRACK.splitlines():
        name = quote(edit.name).decode("utf-8", "surrogateescape")
        element.children.append(_line(element, text.format(name=name, guid=edit.creates)))
    root.insert(root.index(tracks[-1]) + 1 if tracks else len(root.children), element)
    addresses.refresh()


def insert_fx(addresses: Addresses, edit: InsertFx) -> None:
    """A fresh plug-in behind another. Raises NotModelled for one of which no fresh block is known."""
    known = fx_map(edit.fx_name)
    if known is None or known.block is None:
        raise NotModelled(f"{edit.fx_name} cannot be inserted into a project file.", next_step="Apply it in REAPER.")
    chain, place = _chain(addresses, edit.track_guid)
    slots = fx_slots(chain, place)
    position = _first_place(chain)
    if edit.after_fx_guid:
        number = next((k for k, slot in enumerate(slots) if slot.guid == edit.after_fx_guid), None)
        if number is None:
            raise NotModelled("The plug-in that it goes behind is gone.")
        following = slots[number + 1].bypass if number + 1 < len(slots) else None
        position = chain.index(following) if following else len(chain.children)
    for child in reversed(_fx_block(addresses.root, chain, known, edit)):
        chain.insert(position, child)
    for name, value in edit.config:
        target = FxTarget(track_guid=edit.track_guid, fx_guid=edit.creates, fx_ident="", param_ident="")
        write_config(addresses.fx(target).element, known, name, value)


def set_fx_config(addresses: Addresses, edit: SetFxConfig) -> None:
    target = FxTarget(track_guid=edit.track_guid, fx_guid=edit.fx_guid, fx_ident="", param_ident="")
    slot = addresses.fx(target)
    known = fx_map(slot.original_name, slot.element.text(2))
    if known is None:
        raise NotModelled("The plug-in's state in a project file is not known.", next_step="Apply it in REAPER.")
    write_config(slot.element, known, edit.name, edit.desired)


def create_send(addresses: Addresses, edit: CreateSend) -> None:
    """An AUXRECV line behind those that the destination has."""
    source, _ = addresses.track(edit.track_guid)
    _, destination = addresses.track(edit.destination_guid)
    gain = number_text(db_to_gain(edit.level_db))
    line = _line(destination, f"AUXRECV {source} {_MODES[edit.tap]} {gain} 0 0 0 0 0 0 -1:U 0 -1 ''")
    destination.insert(_behind_receives(destination), line)


def switch_envelope(addresses: Addresses, edit: SwitchEnvelope) -> None:
    """The volume envelope behind the plug-ins, made where there is none. Raises NotModelled for the master's."""
    if edit.target.track_guid == MASTER_GUID or edit.target.envelope != "volume":
        raise NotModelled("Only volume envelopes of tracks are made in a project file.", next_step="Show it in REAPER.")
    _, track = addresses.track(edit.target.track_guid)
    found = track.find(_VOLUME)
    if found is None:
        found = _element(b"<" + encode(_VOLUME), _depth(track) + 1, _ending(track))
        found.children += [_line(found, text) for text in _FLAT]
        behind = [child for child in track.children if isinstance(child, Element) and child.tag in _BEHIND_ENVELOPES]
        track.insert(track.index(behind[0]) if behind else len(track.children), found)
    for tag in ("ACT", "VIS"):
        line = found.line(tag)
        if line is not None:
            line.set_token(1, str(int(edit.on)))


def _chain(addresses: Addresses, track_guid: str) -> tuple[Element, str]:
    """The chain of a track and the name of its place; one is made where there is none."""
    if track_guid == MASTER_GUID:
        chain = addresses.root.find(MASTER_FX_CHAIN)
        if chain is None:
            raise NotModelled("The project file has no chain of the master.", next_step="Save it once in REAPER.")
        return chain, "master"
    index, track = addresses.track(track_guid)
    found = track.find(FX_CHAIN)
    if found is None:
        found = _element(b"<" + encode(FX_CHAIN), _depth(track) + 1, _ending(track))
        found.children += [_line(found, text) for text in ("SHOW 0", "LASTSEL 0", "DOCKED 0")]
        behind = [child for child in track.children if isinstance(child, Element) and child.tag in _BEHIND_CHAIN]
        track.insert(track.index(behind[0]) if behind else len(track.children), found)
    return found, track_place(index)


def _first_place(chain: Element) -> int:
    """Behind the chain's own lines."""
    bypass = chain.line("BYPASS")
    return chain.index(bypass) if bypass else len(chain.children)


def _fx_block(root: Element, chain: Element, known: FxMap, edit: InsertFx) -> list[Node]:
    block = known.block
    assert block is not None
    head = f'<VST "{edit.fx_name}" {_file_name(root, known)} 0 "" {block.id} ""'
    vst = _element(encode(head), _depth(chain) + 1, _ending(chain))
    state = [block.state[start : start + _STATE_CHARACTERS] for start in range(0, len(block.state), _STATE_CHARACTERS)]
    vst.children += [_line(vst, text) for text in (block.header, *state, block.trailer)]
    behind = ("FLOATPOS 0 0 0 0", f"FXID {edit.creates}", "WAK 0 0")
    return [_line(chain, "BYPASS 0 0 0"), vst, *(_line(chain, text) for text in behind)]


def _file_name(root: Element, known: FxMap) -> str:
    """The plug-in's file as the project's system names it: by its other Cockos plug-ins, or by who saved it."""
    endings = [f".{file.partition('.')[2]}" for file in known.files]
    used = [element.text(2) for element in root.walk() if element.tag == "VST" and "(Cockos)" in element.text(1)]
    ending = next((e for file in used for e in endings if file.endswith(e)), "")
    if not ending:
        saved_by = root.text(2).lower()
        ending = (
            ".vst.so" if "linux" in saved_by else ".vst.dylib" if "osx" in saved_by or "mac" in saved_by else ".dll"
        )
    return next(file for file in known.files if file.endswith(ending))


def _behind_receives(track: Element) -> int:
    found = receives(track)
    if found:
        line, envelopes = found[-1]
        return track.index(envelopes[-1] if envelopes else line) + 1
    for tag in _BEHIND_RECEIVES:
        following = track.line(tag)
        if following is not None:
            return track.index(following)
    first = next(iter(track.find_all()), None)
    return track.index(first) if first else len(track.children)


def _element(head: bytes, depth: int, ending: bytes) -> Element:
    indent = b"  " * depth
    return Element(Line(indent + head + ending), [], Line(indent + b">" + ending))


def _line(element: Element, text: str) -> Line:
    return Line(b"  " * (_depth(element) + 1) + encode(text) + _ending(element))


def _depth(element: Element) -> int:
    raw = element.head.raw
    return (len(raw) - len(raw.lstrip(b" "))) // 2


def _ending(element: Element) -> bytes:
    return b"\r\n" if element.head.raw.endswith(b"\r\n") else b"\n"

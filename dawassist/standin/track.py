"""Tracks and the master, backed by the lines of the project; sends live on their destination as AUXRECV lines."""

from functools import cached_property

from dawassist.rpp.tree import Element, Line
from dawassist.standin.envelope import NAMES, Envelope
from dawassist.standin.fields import (
    Field,
    guid_or_new,
    own_line,
    read_number,
    read_text,
    write_line_number,
    write_line_text,
    write_number,
)
from dawassist.standin.fx import Fx, load_chain
from dawassist.standin.item import Item
from dawassist.standin.undo import History

_FIELDS = {
    "D_VOL": Field("VOLPAN", 1, 1.0), "D_PAN": Field("VOLPAN", 2, 0.0), "D_PANLAW": Field("VOLPAN", 3, -1.0),
    "D_DUALPANL": Field("VOLPAN", 4, -1.0), "D_DUALPANR": Field("VOLPAN", 5, 1.0), "D_WIDTH": Field("VOLPAN", 5, 1.0),
    "B_MUTE": Field("MUTESOLO", 1, 0.0), "I_SOLO": Field("MUTESOLO", 2, 0.0),
    "B_SOLO_DEFEAT": Field("MUTESOLO", 3, 0.0), "B_PHASE": Field("IPHASE", 1, 0.0),
    "D_PLAY_OFFSET": Field("PLAYOFFS", 1, 0.0), "I_PLAY_OFFSET_FLAG": Field("PLAYOFFS", 2, 1.0),
    "I_FOLDERDEPTH": Field("ISBUS", 2, 0.0), "I_FXEN": Field("FX", 1, 1.0), "I_NCHAN": Field("NCHAN", 1, 2.0),
    "I_AUTOMODE": Field("AUTOMODE", 1, 0.0), "B_MAINSEND": Field("MAINSEND", 1, 1.0),
    "I_SELECTED": Field("SEL", 1, 0.0), "I_RECARM": Field("REC", 1, 0.0), "I_CUSTOMCOLOR": Field("PEAKCOL", 1, 0.0),
    "I_FREEMODE": Field("FREEMODE", 1, 0.0),
}  # fmt: skip
_MASTER_FIELDS = {
    "D_VOL": Field("MASTER_VOLUME", 1, 1.0), "D_PAN": Field("MASTER_VOLUME", 2, 0.0),
    "D_PANLAW": Field("MASTER_VOLUME", 3, -1.0), "D_DUALPANL": Field("MASTER_VOLUME", 4, -1.0),
    "D_DUALPANR": Field("MASTER_VOLUME", 5, 1.0), "D_WIDTH": Field("MASTER_VOLUME", 5, 1.0),
    "I_FXEN": Field("MASTER_FX", 1, 1.0), "I_NCHAN": Field("MASTER_NCH", 1, 2.0),
    "I_AUTOMODE": Field("MASTERAUTOMODE", 1, 0.0), "I_SELECTED": Field("MASTER_SEL", 1, 0.0),
    "I_CUSTOMCOLOR": Field("MASTERPEAKCOL", 1, 0.0),
}  # fmt: skip
_UNMODELLED_ZEROS = ("B_PHASE", "I_FOLDERDEPTH", "I_RECARM", "D_PLAY_OFFSET", "I_FREEZECOUNT", "B_SOLO_DEFEAT")
_SENDS = ("AUXVOLENV", "AUXPANENV", "AUXMUTEENV")
_SEND_FIELDS = {
    "D_VOL": 3,
    "D_PAN": 4,
    "B_MUTE": 5,
    "B_MONO": 6,
    "B_PHASE": 7,
    "I_SRCCHAN": 8,
    "I_DSTCHAN": 9,
    "I_SENDMODE": 2,
}
_HARDWARE_FIELDS = {"I_DSTCHAN": 1, "I_SENDMODE": 2, "D_VOL": 3, "D_PAN": 4, "B_MUTE": 5, "B_PHASE": 6, "I_SRCCHAN": 7}
_DEFAULTS = {"D_VOL": 1.0}


class Send:
    """An AUXRECV line on the destination, or a hardware output line (then `destination` is None)."""

    def __init__(self, line: Line, source: "Track", destination: "Track | None", history: History) -> None:
        self.line = line
        self.source = source
        self.destination = destination
        self.envelopes: list[Envelope] = []
        self._history = history
        self._fields = _SEND_FIELDS if destination is not None else _HARDWARE_FIELDS

    def get(self, parameter: str) -> float | None:
        index = self._fields.get(parameter)
        return None if index is None else read_number(self.line, index, _DEFAULTS.get(parameter, 0.0))

    def set(self, parameter: str, value: float) -> bool:
        index = self._fields.get(parameter)
        if index is None:
            return False
        write_line_number(self._history, self.line, index, value)
        return True


class Track:
    """`number` is 1-based; the master has 0 and the project's root as its element."""

    def __init__(self, element: Element, number: int, history: History, folder: str, pan_mode: float) -> None:
        self.element = element
        self.number = number
        self.history = history
        self.is_master = number == 0
        self.sends: list[Send] = []
        self.receives: list[Send] = []
        self.script_data: dict[str, str] = {}
        self._pan_mode = pan_mode
        self._fields = _MASTER_FIELDS if self.is_master else _FIELDS
        prefix = "MASTER" if self.is_master else ""
        chain = element.find("MASTERFXLIST" if self.is_master else "FXCHAIN")
        self.fx: list[Fx] = load_chain(chain, history)
        own = [e for e in element.find_all() if e.tag.startswith(prefix) and e.tag.removeprefix(prefix) in NAMES]
        self._envelopes = [Envelope(e, history, self) for e in own if e.tag not in _SENDS]
        for fx in self.fx:
            for envelope in fx.envelopes:
                envelope.parent = self
        items = [] if self.is_master else element.find_all("ITEM")
        self.items = [Item(item, self, history, folder) for item in items]
        tag = "MASTERHWOUT" if self.is_master else "HWOUT"
        self.hardware = [Send(line, self, None, history) for line in element.lines(tag) if len(line.texts) > 3]

    @cached_property
    def guid(self) -> str:
        if self.is_master:
            return "{00000000-0000-0000-0000-000000000000}"
        return guid_or_new(self.element.text(1) or read_text(own_line(self.element, "TRACKID"), 1))

    @property
    def name(self) -> str:
        return "" if self.is_master else read_text(own_line(self.element, "NAME"), 1)

    @property
    def display_name(self) -> str:
        return self.name or ("MASTER" if self.is_master else f"Track {self.number}")

    def rename(self, name: str) -> None:
        line = own_line(self.element, "NAME")
        if line is not None:
            write_line_text(self.history, line, 1, name)

    @property
    def envelopes(self) -> list[Envelope]:
        """Of the track itself, then of its plug-ins' parameters."""
        return [*self._envelopes, *(envelope for fx in self.fx for envelope in fx.envelopes)]

    def add_envelope(self, element: Element) -> Envelope:
        """Insert a new envelope as one change."""
        envelope = Envelope(element, self.history, self)
        chain = self.element.find("FXCHAIN")
        place = self.element.index(chain) if chain is not None else len(self.element.children)

        def do() -> None:
            self.element.insert(place, element)
            self._envelopes.append(envelope)

        def undo() -> None:
            self.element.remove(element)
            self._envelopes.remove(envelope)

        self.history.do(do, undo)
        return envelope

    def get(self, parameter: str) -> float | None:
        special = self._special(parameter)
        if special is not None:
            return special
        field = self._fields.get(parameter)
        if field is None:
            return 0.0 if parameter in _UNMODELLED_ZEROS else None
        return read_number(own_line(self.element, field.tag), field.index, field.default)

    def set(self, parameter: str, value: float) -> bool:
        field = self._fields.get(parameter)
        if field is None:
            return False
        if parameter == "D_VOL" and value < 0.0:
            return False
        write_number(self.history, self.element, field, value)
        return True

    def _special(self, parameter: str) -> float | None:
        if parameter == "IP_TRACKNUMBER":
            return -1.0 if self.is_master else float(self.number)
        if parameter == "I_PANMODE":
            own = read_number(own_line(self.element, "MASTER_PANMODE" if self.is_master else "PANMODE"), 1, -1.0)
            return own if own >= 0.0 else self._pan_mode
        if parameter == "I_FREEZECOUNT" and not self.is_master:
            return float(len(self.element.find_all("FREEZE")))
        if self.is_master and parameter in ("B_MUTE", "I_SOLO"):
            flags = int(read_number(own_line(self.element, "MASTERMUTESOLO"), 1, 0.0))
            return float(bool(flags & (1 if parameter == "B_MUTE" else 2)))
        if self.is_master and parameter == "B_MAINSEND":
            return 0.0
        return None


def connect_sends(tracks: list[Track], history: History) -> None:
    """Read the AUXRECV lines of every track and hang each send on both its ends."""
    for destination in tracks:
        last: Send | None = None
        for child in destination.element.children:
            if isinstance(child, Line) and child.tag == "AUXRECV":
                place = child.integer_at(1, -1)
                last = Send(child, tracks[place], destination, history) if 0 <= place < len(tracks) else None
                if last is not None:
                    destination.receives.append(last)
                    tracks[place].sends.append(last)
            elif isinstance(child, Element) and child.tag in _SENDS and last is not None:
                last.envelopes.append(Envelope(child, history, last))

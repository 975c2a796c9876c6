"""State chunks of ReaEQ and ReaComp: decoded, encoded and patched in place."""

import base64
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from rpp_corpus import CORPUS, GOLDEN

from dawassist.errors import NotModelled, RppError
from dawassist.rpp.chunks import (
    decode_reacomp,
    decode_readelay,
    decode_reaeq,
    encode_reacomp,
    encode_reaeq,
    read_state,
    write_state,
)
from dawassist.rpp.tree import Element, parse

EQ, COMP = "VST: ReaEQ (Cockos)", "VST: ReaComp (Cockos)"


def plugins(path: Path, name: str) -> list[Element]:
    """Those of tracks and the master (extensions keep copies in layouts of their own)."""
    root = parse(path.read_bytes()).root
    places = [e for e in root.find_all() if e.tag in ("TRACK", "MASTERFXLIST")]
    return [e for place in places for e in place.walk() if e.tag == "VST" and e.text(1) == name]


@pytest.mark.parametrize("path", CORPUS)
def test_every_stock_state_of_a_real_project_is_decoded_and_encoded(path: Path) -> None:
    for vst in plugins(path, EQ):
        state = read_state(vst)
        decoded = decode_reaeq(state)
        assert encode_reaeq(decoded) == state
        assert all(20.0 <= band.frequency_hz <= 24000.0 and 0.0 <= band.octaves < 4.001 for band in decoded.bands)
        assert decoded.global_gain == 1.0
    for vst in plugins(path, COMP):
        state = read_state(vst)
        assert encode_reacomp(decode_reacomp(state)) == state
        before = vst.to_bytes()
        write_state(vst, state)
        assert vst.to_bytes() == before


def test_reaeq_bands_are_in_physical_units() -> None:
    band = decode_reaeq(read_state(plugins(GOLDEN / "handmade.rpp", EQ)[0])).bands[1]
    assert (band.kind, band.enabled, band.frequency_hz, band.gain, band.octaves) == (8, True, 120.0, 1.25, 1.5)


def test_patching_a_band_changes_the_lines_that_hold_it() -> None:
    vst = plugins(GOLDEN / "handmade.rpp", EQ)[0]
    before = [line.raw for line in vst.lines()]
    state = decode_reaeq(read_state(vst))
    write_state(vst, encode_reaeq(state.with_band(0, replace(state.bands[0], frequency_hz=55.0))))
    changed = [index for index, line in enumerate(vst.lines()) if line.raw != before[index]]
    assert changed == [1]
    assert decode_reaeq(read_state(vst)).bands[0].frequency_hz == 55.0


def test_patching_a_compressor_keeps_all_other_values() -> None:
    state = decode_reacomp(read_state(plugins(GOLDEN / "handmade.rpp", COMP)[0]))
    patched = decode_reacomp(encode_reacomp(state.with_value(2, 0.25)))
    assert patched.values == (*state.values[:2], 0.25, *state.values[3:])
    assert patched.rest == state.rest


DELAY = "AAAAAAAAAAABAAAALAAAAAIAAAAAAAAAAACAPwAAgD8AAAAAAACAPwAAAAAAAIA8nNEHMwAAgD8AAAAAAACAPwAAgD8AAIA/AAAAPw=="


def test_a_delay_holds_wet_dry_and_one_tap() -> None:
    state = decode_readelay(base64.b64decode(DELAY))
    assert state.values == pytest.approx((1.0, 1.0, 1.0, 0.0, 0.015625, 3.2e-8, 1.0, 0.0, 1.0, 1.0, 1.0, 0.5), abs=1e-9)
    assert encode_reacomp(state) == base64.b64decode(DELAY)
    patched = decode_readelay(encode_reacomp(state.with_value(3, 0.0375)))
    assert patched.values[3] == pytest.approx(0.0375)
    assert patched.values[:3] + patched.values[4:] == state.values[:3] + state.values[4:]


@pytest.mark.parametrize("state", [b"", bytes(76), base64.b64decode(DELAY) + bytes(44)])
def test_a_delay_of_several_taps_or_another_layout_is_refused(state: bytes) -> None:
    with pytest.raises(NotModelled):
        decode_readelay(state)


@pytest.mark.parametrize(
    "state",
    [
        b"",
        struct.pack("<II", 34, 0) + bytes(28),
        struct.pack("<II", 33, 0) + bytes(28),
        struct.pack("<II", 33, 4_000_000_000),
        struct.pack("<II", 33, 1) + struct.pack("<IIdddB", 8, 7, 1, 1, 1, 1) + struct.pack("<IId", 1, 1, 1) + bytes(12),
    ],
    ids=["empty", "version", "tail", "bands", "flag"],
)  # fmt: skip
def test_an_unknown_reaeq_layout_is_refused(state: bytes) -> None:
    with pytest.raises(NotModelled):
        decode_reaeq(state)


@pytest.mark.parametrize("state", [b"", b"x" * 92, bytes.fromhex("efbeadde0df0adde") + bytes(4 * 20)])
def test_an_unknown_reacomp_layout_is_refused(state: bytes) -> None:
    with pytest.raises(NotModelled):
        decode_reacomp(state)


def vst(*lines: bytes) -> Element:
    text = b"<REAPER_PROJECT\n<VST x\n" + b"".join(line + b"\n" for line in lines) + b">\n>\n"
    return parse(text).find_all("VST")[0]


def test_a_block_of_another_shape_is_refused() -> None:
    header = base64.b64encode(bytes(4) + struct.pack("<I", 3) + bytes(8))
    for lines in ([header], [header, b"AAAAAA==", b"AAAA"], [b"AAAA", b"AAAA", b"AAAA"]):
        with pytest.raises(NotModelled):
            read_state(vst(*lines))
    with pytest.raises(RppError, match="Line 2"):
        read_state(vst(header, b"???", b"AAAA"))
    good = vst(header, b"AAAA", b"AAAA")
    assert read_state(good) == bytes(3)
    with pytest.raises(NotModelled):
        write_state(good, bytes(4))

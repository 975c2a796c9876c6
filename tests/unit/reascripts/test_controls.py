"""Each kind of control: what must not be written, what is written, and how it comes back."""

from typing import Any

import pytest

from tests.unit.reascripts.conftest import Inside
from tests.unit.reascripts.edits import (
    BASS,
    FADER,
    FADER_BEFORE,
    KICK,
    LEAD,
    LEVEL,
    MASTER,
    PAN,
    RATIO,
    SEND,
    SNARE,
    applied,
    point,
    riding,
    setting,
    statuses,
)


class TestGuards:
    """What must not be written although nobody moved it."""

    def reason(self, inside: Inside, target: dict[str, Any], expected: float = 0.5, desired: float = 0.4) -> str:
        receipt = applied(inside, setting(target, expected, desired))
        assert receipt["outcome"] == "conflict", receipt
        return str(receipt["results"][0]["reason"])

    def test_a_fader_under_automation_that_plays(self, inside: Inside) -> None:
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert self.reason(inside, target) == "It is automated and the track is not in Trim/Read."

    def test_in_trim_read_the_fader_is_free(self, inside: Inside) -> None:
        inside.host.project.tracks[3].set("I_AUTOMODE", 0.0)
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == "applied"

    @pytest.mark.parametrize(
        ("override", "outcome"), [(-1, "conflict"), (0, "applied"), (2, "conflict"), (6, "applied")]
    )
    def test_the_global_override_decides(self, override: int, outcome: str, inside: Inside) -> None:
        inside.replace("GetGlobalAutomationOverride", lambda _original: override)
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == outcome

    def test_an_envelope_that_is_off_or_empty_does_not_count(self, inside: Inside) -> None:
        inside.replace("GetSetEnvelopeInfo_String", lambda _original, *given: (1, *given[:2], "0", 0))
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == "applied"

    @pytest.mark.parametrize("mode", [5.0, 6.0])
    def test_a_pan_in_stereo_or_dual_pan(self, mode: float, inside: Inside) -> None:
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            mode if name == "I_PANMODE" else original(track, name)
        ))  # fmt: skip
        assert self.reason(inside, PAN) == "The track is in dual or stereo pan mode."

    def test_a_plug_in_of_a_frozen_track_or_offline_or_automated(self, inside: Inside) -> None:
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            2.0 if name == "I_FREEZECOUNT" else original(track, name)
        ))  # fmt: skip
        assert self.reason(inside, RATIO) == "The track is frozen."
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            0.0 if name == "I_FREEZECOUNT" else original(track, name)
        ))  # fmt: skip
        inside.replace("TrackFX_GetOffline", lambda _original, *_given: 1)
        assert self.reason(inside, RATIO) == "The plug-in is offline."
        inside.replace("TrackFX_GetOffline", lambda _original, *_given: 0)
        bass = inside.call("GetTrack", 0, 3)
        volume = inside.call("GetTrackEnvelope", bass, 0)
        inside.replace("GetFXEnvelope", lambda _original, *_given: volume)
        assert self.reason(inside, RATIO) == "The parameter is automated."

    def test_a_locked_item(self, inside: Inside) -> None:
        inside.replace("GetMediaItemInfo_Value", lambda original, item, name: (
            1.0 if name == "C_LOCK" else original(item, name)
        ))  # fmt: skip
        assert self.reason(inside, LEVEL) == "The item is locked."

    def test_a_send_under_automation_that_plays(self, inside: Inside) -> None:
        inside.replace("GetGlobalAutomationOverride", lambda _original: 1)
        targets = [{**SEND, "track_guid": guid} for guid in (SNARE, BASS, LEAD)]
        reasons = [applied(inside, setting(target, 0.0, 0.4))["results"][0]["reason"] for target in targets]
        assert "It is automated and the track is not in Trim/Read." in reasons
        free = {**SEND, "field": "polarity"}
        assert applied(inside, setting(free, 0.0, 1.0))["outcome"] == "applied"


class TestControls:
    """Each kind of control is written, read back, and put back."""

    @pytest.mark.parametrize(
        ("target", "expected", "desired", "text"),
        [(FADER, FADER_BEFORE, 0.0, "-inf dB"), (PAN, -0.2, 0.0, "center"), ({**PAN, "field": "mute"}, 0.0, 1.0, "on"),
         ({**PAN, "field": "polarity"}, 1.0, 0.0, "off"), ({**PAN, "field": "width"}, 1.0, 0.5, "50%"),
         ({**PAN, "field": "play_offset_seconds"}, 0.0025, 0.001, "1.00 ms"), (SEND, 0.5, 0.25, "-12.04 dB"),
         (LEVEL, 0.5, 0.25, "-12.04 dB"), ({**FADER, "track_guid": MASTER}, 0.8, 0.5, "-6.02 dB")],
    )  # fmt: skip
    def test_written_and_put_back(
        self, target: dict[str, Any], expected: float, desired: float, text: str, inside: Inside
    ) -> None:
        receipt = applied(inside, setting(target, expected, desired))
        assert receipt["outcome"] == "applied", receipt
        assert receipt["results"][0]["value_raw"] == pytest.approx(desired)
        assert receipt["results"][0]["text"] == text
        back = applied(inside, setting(target, desired, expected), id="t2", undoes="t1")
        assert (back["outcome"], statuses(back)) == ("undone", ["applied"])

    def test_a_playback_offset_in_samples_is_understood_and_comes_back(self, inside: Inside) -> None:
        track = inside.host.project.tracks[2]
        track.set("D_PLAY_OFFSET", 480.0)
        track.set("I_PLAY_OFFSET_FLAG", 2.0)
        target = {**PAN, "field": "play_offset_seconds"}
        inside.replace("SetTrackSendInfo_Value", lambda _original, *_given: 0)
        receipt = applied(inside, setting(target, 0.01, 0.002), setting(SEND, 0.5, 0.3))
        assert receipt["outcome"] == "rolled_back"
        assert (track.get("D_PLAY_OFFSET"), track.get("I_PLAY_OFFSET_FLAG")) == (480.0, 2.0)

    def test_no_offset_is_bypassed(self, inside: Inside) -> None:
        applied(inside, setting({**PAN, "field": "play_offset_seconds"}, 0.0025, 0.0))
        assert inside.host.project.tracks[2].get("I_PLAY_OFFSET_FLAG") == 1.0

    def test_the_sign_of_an_items_gain_is_kept(self, inside: Inside) -> None:
        item = inside.host.project.tracks[1].items[0]
        item.set("D_VOL", -0.5)
        applied(inside, setting(LEVEL, 0.5, 0.25))
        assert item.get("D_VOL") == -0.25


class TestEnvelopes:
    """Points are physical values; only the range is touched."""

    OLD = (point(4.0, -6.0206, 2),)

    def points(self, inside: Inside, place: int = 0) -> list[tuple[float, float]]:
        return [(p[0], round(p[1], 4)) for p in inside.host.project.tracks[3].envelopes[place].points()]

    def test_points_in_the_range_are_replaced(self, inside: Inside) -> None:
        new = [point(3.5, -12.0412), point(4.5, 0.0, 1)]
        receipt = applied(inside, riding(list(self.OLD), new))
        assert (receipt["outcome"], receipt["results"][0]["value_raw"]) == ("applied", None)
        assert self.points(inside) == [(0.0, 1.0), (3.5, 0.25), (4.5, 1.0), (8.0, 0.25)]
        held = applied(inside, riding(new, new), id="t2")
        assert statuses(held) == ["unchanged"]

    def test_pans_have_the_sign_of_the_control(self, inside: Inside) -> None:
        edit = riding([point(6.0, 0.5, 1)], [point(6.0, 0.3)], 5.0, 7.0, envelope="pan")
        assert applied(inside, edit)["outcome"] == "applied"
        assert self.points(inside, 1) == [(0.0, 0.0), (6.0, -0.3)]

    def test_a_whole_envelope_can_be_replaced_without_a_stray_point(self, inside: Inside) -> None:
        old = [point(0.0, 0.0), point(4.0, -6.0206, 2), point(8.0, -12.0412, 5, 0.5)]
        receipt = applied(inside, riding(old, [point(2.0, -3.0)], 0.0, 10.0))
        assert receipt["outcome"] == "applied", receipt
        assert [t for t, _ in self.points(inside)] == [2.0]

    def test_changed_points_are_a_conflict(self, inside: Inside) -> None:
        receipt = applied(inside, riding([point(4.0, -5.0, 2)], []))
        assert receipt["results"][0]["reason"] == "Its points changed since they were read."

    def test_points_that_do_not_take_are_put_back(self, inside: Inside) -> None:
        inserted = []

        def once(original: Any, *given: Any) -> Any:
            inserted.append(given)
            return original(*given) if len(inserted) > 1 else (0, 0)

        inside.replace("InsertEnvelopePoint", once)
        before = self.points(inside)
        receipt = applied(inside, riding(list(self.OLD), [point(3.5, -12.0)]))
        assert receipt["outcome"] == "rolled_back"
        assert self.points(inside) == before

    @pytest.mark.parametrize(
        ("edit", "reason"),
        [(riding([], [], track_guid=KICK), "The envelope is gone."),
         (riding([], [point(9.0, 0.0)]), "A new point lies outside of the range, or is no number."),
         (riding([], [point(4.0, float("inf"))]), "A new point lies outside of the range, or is no number.")],
    )  # fmt: skip
    def test_what_cannot_be_is_a_conflict(self, edit: dict[str, Any], reason: str, inside: Inside) -> None:
        assert applied(inside, edit)["results"][0]["reason"] == reason

    def test_automation_items_and_endless_envelopes_are_left_alone(self, inside: Inside) -> None:
        inside.replace("CountAutomationItems", lambda _original, _pointer: 1)
        assert applied(inside, riding([], []))["results"][0]["reason"] == "Automation items lie over the envelope."
        inside.replace("CountAutomationItems", lambda _original, _pointer: 0)
        inside.replace("CountEnvelopePointsEx", lambda _original, *_given: 100_001)
        assert applied(inside, riding([], []))["results"][0]["reason"] == "The envelope has too many points."

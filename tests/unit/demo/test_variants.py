from pathlib import Path

import numpy as np
import pytest

from dawassist.demo import demo_session_path
from dawassist.projectfile import ProjectFile
from scripts.demo_session import faults, listening, variants
from scripts.demo_session.desk import LEAD
from scripts.demo_session.project import project_text
from scripts.demo_session.shipped import SESSION_NAME, shipped_session
from scripts.fluidsynth import RATE_HZ

BANDS_HZ = (1000.0, 4000.0), (100.0, 15000.0)


def test_the_shipped_project_is_what_the_script_writes() -> None:
    assert demo_session_path().read_text(encoding="utf-8") == project_text(shipped_session())


def test_without_faults_the_lead_is_on_par_and_the_mix_has_headroom() -> None:
    heard = variants.rendered(variants.clean_draft())
    mix = np.sum([*heard.values()], axis=0)
    assert -18.5 < listening.loudness_lufs(mix, RATE_HZ) < -14.0
    assert listening.true_peak_dbtp(mix, RATE_HZ) < -1.0
    for band in BANDS_HZ:
        assert abs(np.median(listening.lead_over_rest_db(heard, LEAD, RATE_HZ, band))) < 3.0


def test_as_shipped_the_lead_lies_ten_db_under_the_rest() -> None:
    heard = variants.rendered(variants.shipped_draft())
    for band in BANDS_HZ:
        assert np.median(listening.lead_over_rest_db(heard, LEAD, RATE_HZ, band)) < -10.0


def test_repaired_microphones_add_up_where_the_shipped_ones_cancel() -> None:
    def low_end(draft: variants.Draft) -> float:
        heard = variants.rendered(draft)
        return float(np.sum(listening.in_band(heard["snare_top"] + heard["snare_bottom"], RATE_HZ, (60.0, 250.0)) ** 2))

    assert 10 * np.log10(low_end(variants.clean_draft()) / low_end(variants.shipped_draft())) > 2.0


def test_repaired_hum_leaves_a_silent_intro() -> None:
    clean = variants.clean_draft().signals["gtr_clean"]
    assert np.abs(clean[: 4 * RATE_HZ]).max() == 0.0


def test_a_shift_is_taken_back_by_its_opposite() -> None:
    signal = np.random.default_rng(1).normal(size=(2, 500))
    back = faults.shifted(faults.shifted(signal, 30), -30)
    assert np.array_equal(back[:, :470], signal[:, :470])
    assert not back[:, 470:].any()


def test_a_seed_gives_the_same_session_and_another_seed_another(tmp_path: Path) -> None:
    texts = [written(tmp_path / str(place), seed) for place, seed in enumerate((3, 3, 4))]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_neutral_names_tell_nothing(tmp_path: Path) -> None:
    built = variants.build(tmp_path, seed=1, damaged=True, neutral_names=True, quick=True)
    session = ProjectFile(built.path).snapshot()
    words = {track.name.split()[0] for track in session.tracks} | {
        item.takes[0].name for track in session.tracks for item in track.items
    }
    assert all(word.startswith(("Audio", "Track", "take-")) or word.isdigit() for word in words)
    assert {track.guid for track in session.tracks} == set(built.guids.values())


@pytest.mark.parametrize("seed", range(6))
def test_folders_close_and_sends_arrive_in_every_variant(seed: int, tmp_path: Path) -> None:
    draft = variants.drafted(seed=seed, damaged=True, neutral_names=False, quick=True)
    spec = variants.spec_of(draft)
    assert sum(track.folder for track in spec.tracks) == 0
    assert {key for track in spec.tracks for key, _ in track.sends} <= {track.key for track in spec.tracks}
    assert {fault.kind for fault in draft.faults} >= {"hidden_lead", "hard_pan", "delay"}
    assert draft.name != SESSION_NAME


def written(folder: Path, seed: int) -> bytes:
    return variants.build(folder, seed=seed, damaged=True, neutral_names=False, quick=True).path.read_bytes()

"""What a plug-in is, by its name."""

import pytest

from dawassist.fxmaps.categories import categories_of, category_patterns


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("VST: ReaEQ (Cockos)", {"equalizer"}),
        ("VST3: FabFilter Pro-Q 3 (FabFilter)", {"equalizer"}),
        ("VST3: Pro-C 2 (FabFilter)", {"compressor"}),
        ("VST3: CLA-2A Stereo (Waves)", {"compressor"}),
        ("VST: ReaGate (Cockos)", {"gate"}),
        ("VST3: ValhallaRoom (Valhalla DSP, LLC)", {"reverb"}),
        ("AU: EchoBoy (Soundtoys)", {"delay"}),
        ("VST3: SSL E-Channel Stereo (Waves)", {"equalizer", "compressor"}),
        ("VST3: Pro-L 2 (FabFilter)", {"limiter"}),
        ("VSTi: Room Piano (X)", {"instrument"}),
        ("VST3: Auto-Tune Pro (Antares)", set()),
        ("VST3: Sequoia (X)", set()),
        ("VST3: Something (Equalizer Makers)", set()),
    ],
)
def test_a_name_tells_the_kind_of_tool(name: str, expected: set[str]) -> None:
    assert categories_of(name) == expected


def test_a_renamed_plug_in_is_known_by_its_file() -> None:
    assert categories_of("my favourite", "C:\\VST3\\FabFilter Pro-Q 3.vst3<123") == {"equalizer"}


def test_the_table_knows_common_tools() -> None:
    words = [pattern.pattern.count("|") + 1 for pattern in category_patterns().values()]
    assert sum(words) >= 250

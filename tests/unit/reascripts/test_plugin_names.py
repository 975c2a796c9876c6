"""How a plug-in is named across machines."""

import pytest

from dawassist_plugins.reascripts import api


@pytest.mark.parametrize(
    ("ident", "name"),
    [
        ("/opt/REAPER/Plugins/FX/reaeq.vst.so<1919247729", "reaeq.vst.so"),
        ("C:\\Program Files\\VstPlugins\\Pro-Q 3.vst3<1997878177{72C4DB717A4D459AB97E51745D84B39D", "Pro-Q 3.vst3"),
        ("C:\\VST\\old.dll", "old.dll"),
        ("reaeq.dll<1919247729", "reaeq.dll"),
        ("loser/3BandEQ", "loser/3BandEQ"),
        ("utility/volume", "utility/volume"),
        ("org.surge-synth-team.surge-xt", "org.surge-synth-team.surge-xt"),
        ("", ""),
    ],
)
def test_the_folder_is_left_out_of_paths_only(ident: str, name: str) -> None:
    assert api.fx_file_name(ident) == name

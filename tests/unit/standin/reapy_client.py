"""What a user's own reapy script does, in a fresh interpreter: prints one JSON object. Arguments: web port, action."""

import json
import sys

import reapy
import reapy.config


def listed() -> dict[str, object]:
    project = reapy.Project()
    tracks = list(project.tracks)
    kick, bass = tracks[1], tracks[3]
    item = kick.items[0]
    return {
        "tracks": [track.name for track in tracks],
        "fx": [[fx.name for fx in track.fxs] for track in tracks],
        "parameters": [parameter.name for parameter in kick.fxs[1].params][:3],
        "threshold": kick.fxs[1].params[0],
        "items": [[item.position, item.length] for item in kick.items],
        "take": item.active_take.name,
        "sends": [track.n_sends for track in tracks],
        "envelopes": [bass.envelopes[index].name for index in range(len(bass.envelopes))],
        "markers": project.n_markers,
        "regions": project.n_regions,
        "selected": [track.name for track in project.selected_tracks],
    }


def set_fader() -> dict[str, object]:
    track = reapy.Project().tracks[1]
    track.set_info_value("D_VOL", 0.25)
    return {"fader": track.get_info_value("D_VOL")}


def main() -> None:
    reapy.config.WEB_INTERFACE_PORT = int(sys.argv[1])
    reapy.reconnect()
    # reapy fills this table when it is imported, before it could know another port than its fixed one
    api = reapy.reascript_api.__dict__
    for prefix in ("TrackFX_", "TakeFX_"):
        names = [name for name in api if name.startswith(prefix)]
        reapy.core.fx.fx.FX.functions[prefix] = {name.replace(prefix, ""): api[name] for name in names}
    print(json.dumps({"list": listed, "set": set_fader}[sys.argv[2]]()))


main()

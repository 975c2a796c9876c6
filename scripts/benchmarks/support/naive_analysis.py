"""The straightforward way: whole files in memory, a library call per measure, nothing shared between them."""

import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np

_HOP_SECONDS, _BLOCK_SECONDS, _SHORT_SECONDS = 0.1, 0.4, 3.0


def measure_track(path: Path) -> dict[str, object]:
    """Loudness (integrated, momentary, short-term, range), true peak, levels, bands, shape, onsets, stereo."""
    import pyloudnorm
    import soundfile
    from scipy import signal

    samples, rate = soundfile.read(path)
    found: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found["integrated"] = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(samples)
    weighted = weight(samples, rate)
    for name, seconds in (("momentary", _BLOCK_SECONDS), ("short-term", _SHORT_SECONDS)):
        size = round(seconds * rate)
        starts = range(0, len(samples) - size, round(_HOP_SECONDS * rate))
        powers = [float(np.mean(weighted[start : start + size] ** 2)) for start in starts]
        found[name] = max(powers)
        found[f"{name} range"] = np.percentile(powers, [10, 95])
    found["true peak"] = np.abs(signal.resample_poly(samples, 4, 1, axis=0)).max()
    found["peak"] = np.abs(samples).max()
    found["rms"] = np.sqrt(np.mean(samples**2))
    frequencies, _, spectra = signal.stft(samples.T, rate, nperseg=4096, noverlap=2048)
    power = np.abs(spectra) ** 2
    mean = power.mean(axis=(0, 2))
    found["centroid"] = mean @ frequencies / max(mean.sum(), 1e-30)
    found["flatness"] = np.exp(np.log(mean + 1e-30).mean()) / (mean.mean() + 1e-30)
    found["roll-off"] = frequencies[np.searchsorted(np.cumsum(mean), 0.85 * mean.sum())]
    edges = 1000.0 * 2 ** (np.arange(-17, 14) / 3)
    inside = [(frequencies >= low) & (frequencies < high) for low, high in pairwise(edges)]
    found["bands"] = [power[:, band].sum(axis=1) for band in inside]
    found["flux"] = np.maximum(np.diff(power.sum(axis=0), axis=-1), 0.0).sum(axis=0)
    found["correlation"] = np.corrcoef(samples.T)
    middle, side = samples.sum(axis=1), samples[:, 0] - samples[:, 1]
    found["width"] = np.mean(side**2) / max(np.mean(middle**2), 1e-30)
    return found


def measure_covariance(paths: list[Path]) -> np.ndarray:
    """K-weighted products of all channels in blocks of 400 ms, every 100 ms."""
    import soundfile

    channels = []
    for path in paths:
        samples, rate = soundfile.read(path)
        channels += list(weight(samples, rate).T)
    together = np.stack(channels)
    size = round(_BLOCK_SECONDS * rate)
    starts = range(0, together.shape[1] - size, round(_HOP_SECONDS * rate))
    return np.array([together[:, start : start + size] @ together[:, start : start + size].T for start in starts])


def weight(samples: np.ndarray, rate: int) -> np.ndarray:
    """K-weighting by pyloudnorm's filters."""
    import pyloudnorm

    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    weighted = samples
    for stage in meter._filters.values():
        weighted = np.stack([stage.apply_filter(channel) for channel in weighted.T], axis=-1)
    return weighted

"""The benchmark of the joint solve on a small session."""

from argparse import Namespace

from benchmarks.solve import run


def test_every_row_of_a_small_run_is_there_and_the_two_loudnesses_agree() -> None:
    rows = list(run(Namespace(tracks=[12], minutes=0.1, stem_seconds=2.0, seed=1)))
    metrics = [row.metric for row in rows]
    assert any(metric.startswith("one lock more") for metric in metrics)
    (distance,) = (row.ours for row in rows if row.metric == "distance to sum and meter")
    assert distance < 1e-3
    assert all(row.ours >= 0.0 for row in rows)

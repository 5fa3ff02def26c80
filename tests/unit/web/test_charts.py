"""Line charts: points stay inside, long series are thinned, non-finite values are left out."""

from web.presentation.charts import HEIGHT_PX, WIDTH_PX, chart_of


def test_empty_series_has_no_chart() -> None:
    assert chart_of({}) is None
    assert chart_of({"loss": []}) is None
    assert chart_of({"loss": [{"step": 1, "value": float("nan")}]}) is None


def test_points_lie_within_the_chart() -> None:
    chart = chart_of({"loss": [{"step": k, "value": (k - 50) ** 3} for k in range(1000)]})
    assert chart is not None
    points = [tuple(map(float, p.split(","))) for p in chart.lines[0].points.split()]
    assert 100 < len(points) <= 402
    assert all(0 <= x <= WIDTH_PX and 0 <= y <= HEIGHT_PX for x, y in points)
    assert chart.lines[0].last == 949**3


def test_single_points_and_constant_series_can_be_drawn() -> None:
    assert chart_of({"loss": [{"step": 3, "value": 0.5}]}) is not None
    assert chart_of({"loss": [{"step": k, "value": 0.0} for k in range(3)]}) is not None


def test_non_finite_values_are_left_out() -> None:
    values = [1.0, float("inf"), float("nan"), 2.0]
    chart = chart_of({"loss": [{"step": k, "value": v} for k, v in enumerate(values)]})
    assert chart is not None
    assert len(chart.lines[0].points.split()) == 2

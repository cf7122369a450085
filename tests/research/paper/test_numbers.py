"""Numbers, their keys and texts."""

from __future__ import annotations

import pytest

from mien import MienError
from mien.research.evaluation.ranking import Estimate
from mien.research.paper.numbers import Numbers, format_value, with_bounds


def test_numbers_have_one_meaning() -> None:
    numbers = Numbers()
    numbers.add("x", {"a": 0.5})
    numbers.add("x", {"a": 0.5})
    with pytest.raises(MienError, match="key a"):
        numbers.add("x", {"a": 0.6})
    with pytest.raises(MienError, match="key a"):
        numbers.add("y", {"a": 0.5})


def test_an_interval_is_kept_and_shown() -> None:
    numbers = Numbers()
    found = with_bounds("paper.private.accuracy", Estimate(0.5, 0.4, 0.6))
    numbers.add("x", found)
    number = numbers["paper.private.accuracy"]
    assert (number.low, number.high) == (0.4, 0.6)
    assert [n.text for n in numbers.values()] == ["50.00 %", "40.00 %", "60.00 %"]


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("published.accuracy", 0.7158, "71.58 %"),
        ("published.loss", 0.8643, "0.8643"),
        ("published.happy.f1", 0.88, "0.88"),
        ("published.opinion", 4.3, "4.3"),
        ("paper.private.happy.f1.low", 0.86345, "0.863"),
        ("paper.private.without_near_copies", 0.643357, "64.34 %"),
        ("paper.private.without_near_copies.faces", 2860, "2,860"),
        ("private.near_copies", 0.2031, "20.3 %"),
        ("raters.private.fear.agreement", 0.15, "15 %"),
        ("ranking.paper.appearing", 0.06, "6.00 %"),
        ("ranking.paper.data_moods.area", 0.5432, "0.54"),
        ("songs.correlation.valence.tempo", -0.01, "-0.010"),
        ("songs.genre.party.tempo", 120.4, "120"),
        ("songs.genre.party.valence", 0.5, "0.50"),
        ("speed.frame", 9.245, "9.2"),
    ],
)
def test_a_key_decides_the_format(key: str, value: float, text: str) -> None:
    assert format_value(key, value) == text


def test_a_number_on_the_page_names_its_command() -> None:
    numbers = Numbers()
    numbers.add('a "command"', {"songs.kept": 12345})
    shown = numbers["songs.kept"].__html__()
    assert 'value="12345" data-key="songs.kept" title="a &#34;command&#34;">12,345<' in shown
    assert str(numbers["songs.kept"]) == "12,345"

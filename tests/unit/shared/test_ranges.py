"""Lists of numbers and ranges."""

from shared.number_lists import numbers_in


def test_number_lists_accept_ranges() -> None:
    assert numbers_in("1-4, 9") == ["1", "2", "3", "4", "9"]
    assert numbers_in(" 0.2，0.5 、 1 ") == ["0.2", "0.5", "1"]
    assert numbers_in("3 - 5") == ["3", "4", "5"]
    assert numbers_in("x, 7-") == ["x", "7-"]
    assert numbers_in("5-2") == ["5-2"]
    assert len(numbers_in("1-2000000000")) == 101
    assert numbers_in("") == []

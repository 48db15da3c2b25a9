"""Shares: rounded as people round, never to a whole that is not there."""

from decimal import Decimal

import pytest

from criteria.counts import rounded, share, whole_percent


def test_shares_are_rounded_half_up():
    assert share(1, 3) == Decimal(100) / 3
    assert share(0, 0) is None
    assert rounded(None) is None
    assert rounded(Decimal("17.85")) == Decimal("17.9")
    assert rounded(Decimal("17.8333")) == Decimal("17.8")


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        # Triệu Sơn, 2019: "chỉ đạt 13/60 tiêu chí (đạt 22% kế hoạch huyện giao)".
        (13, 60, 22),
        (0, 60, 0),
        (1, 300, 1),
        (299, 300, 99),
        (60, 60, 100),
        (1, 8, 13),
        (0, 0, None),
    ],
)
def test_a_whole_percent_is_neither_nothing_nor_everything_before_it_is(part, whole, percent):
    assert whole_percent(part, whole) == percent

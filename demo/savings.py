"""The 44 households that left assistance through 500-uppdraget, and what was paid to them.

Published (final report of 500-uppdraget, to 30 November 2020): 44 households left, after 36 months on
assistance on average, at most 171 and at least 3. Eleven left wholly in 2019, eighteen more in 2020,
seven keep a top-up. The report does not account for the remaining eight.

The baseline of a household is the mean of its payments in the twelve months before the month of exit;
the tables below give it, and `payments_around` makes months that vary but have exactly that mean.
"""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from demo.records import CUT_OFF, Household, Month, month_of, month_start


@dataclass(frozen=True)
class Left:
    """A household that left: day of exit, sex of the participant, months on assistance (measure W7)."""

    on: date
    sex: str
    months: int
    baseline_kr: int = 0
    paid_after: dict[str, int] = field(default_factory=dict)
    """Single payments after the exit; they lower what was avoided in that month."""
    topup_kr: int = 0
    returned: str = ""
    """The month in which assistance at or above the baseline resumed: counting stops there."""


# Avoided in 2019: 9 x 11 240 + 8 x 7 380 + 7 x 8 790 + 6 x 4 450 + 5 x 8 355 + 4 x (11 940 + 10 785)
# + 3 x (10 420 + 11 410) + 2 x 20 042 + 1 x 15 588 = 502 267 kr, as published.
LEFT_WHOLLY_2019 = [
    Left(date(2019, 3, 15), "K", 28, 11_240),
    Left(date(2019, 4, 12), "M", 14, 7_380),
    Left(date(2019, 5, 17), "K", 22, 8_790),
    Left(date(2019, 6, 28), "M", 9, 4_450, returned="2020-04"),
    Left(date(2019, 7, 31), "M", 17, 8_355),
    Left(date(2019, 8, 16), "K", 36, 11_940),
    Left(date(2019, 8, 30), "M", 48, 10_785, {"2020-05": 2_600}),
    Left(date(2019, 9, 13), "K", 61, 10_420, {"2020-01": 1_980, "2020-02": 3_840, "2020-03": 3_570}),
    Left(date(2019, 9, 27), "M", 12, 11_410),
    Left(date(2019, 10, 18), "K", 96, 20_042, {"2020-06": 3_400}),
    Left(date(2019, 11, 29), "M", 31, 15_588),
]

# Avoided January to November 2020, by all 29: 118 420 + 124 760 + 131 980 + 140 215 + 149 870 + 160 340
# + 171 905 + 182 450 + 201 360 + 228 140 + 266 286 = 1 875 726 kr, as published. The households that left
# in November are counted, but no month has passed since.
LEFT_WHOLLY_2020 = [
    Left(date(2020, 1, 17), "M", 19, 8_200, {"2020-03": 2_200}),
    Left(date(2020, 2, 28), "K", 3, 9_150, {"2020-04": 3_300}),
    Left(date(2020, 3, 20), "M", 27, 10_215),
    Left(date(2020, 4, 24), "K", 40, 8_955),
    Left(date(2020, 5, 15), "M", 171, 11_270, {"2020-07": 2_100}),
    Left(date(2020, 6, 12), "K", 8, 10_265, {"2020-08": 1_400}),
    Left(date(2020, 7, 31), "M", 33, 9_845, {"2020-09": 1_300}),
    Left(date(2020, 8, 14), "K", 24, 9_080),
    Left(date(2020, 8, 28), "M", 15, 9_730),
    Left(date(2020, 9, 4), "K", 52, 8_890),
    Left(date(2020, 9, 18), "M", 44, 9_160, {"2020-10": 2_600}),
    Left(date(2020, 9, 25), "M", 11, 10_030, {"2020-11": 2_800}),
    Left(date(2020, 10, 2), "K", 66, 9_470),
    Left(date(2020, 10, 9), "M", 29, 8_815),
    Left(date(2020, 10, 16), "K", 38, 10_390),
    Left(date(2020, 10, 30), "M", 21, 9_671),
    Left(date(2020, 11, 13), "K", 72, 12_310),
    Left(date(2020, 11, 27), "M", 18, 9_940),
]

# Baseline minus the mean payment after the exit: 8 530 + 9 140 + 7 525 + 9 430 + 7 325 + 8 335 + 7 480
# = 57 765 kr a month, 693 180 kr a year, as published.
TOPPED_UP = [
    Left(date(2019, 6, 14), "K", 30, 12_840, topup_kr=4_310),
    Left(date(2019, 10, 11), "M", 45, 14_260, topup_kr=5_120),
    Left(date(2020, 1, 31), "K", 58, 10_980, topup_kr=3_455),
    Left(date(2020, 3, 27), "M", 26, 15_720, topup_kr=6_290),
    Left(date(2020, 5, 29), "K", 84, 11_490, topup_kr=4_165),
    Left(date(2020, 8, 21), "K", 37, 13_380, topup_kr=5_045),
    Left(date(2020, 9, 11), "M", 20, 12_130, topup_kr=4_650),
]

# Counted among the 44, but no payment is known: their kronor are unknown and a report must say so.
PAYMENTS_UNKNOWN = [
    Left(date(2019, 5, 31), "M", 16),
    Left(date(2019, 9, 20), "K", 34),
    Left(date(2019, 12, 13), "M", 23),
    Left(date(2020, 2, 14), "K", 13),
    Left(date(2020, 4, 30), "M", 41),
    Left(date(2020, 7, 10), "K", 47),
    Left(date(2020, 9, 30), "M", 25),
    Left(date(2020, 11, 6), "K", 20),
]

ALL_LEFT = [*LEFT_WHOLLY_2019, *LEFT_WHOLLY_2020, *TOPPED_UP, *PAYMENTS_UNKNOWN]
assert len(ALL_LEFT) == 44
assert sum(left.months for left in ALL_LEFT) == 44 * 36


def payments_around(rng: Random, mean_kr: int, months: list[Month]) -> dict[Month, int]:
    """Payments that vary by up to about eight per cent from month to month and have exactly this mean."""
    paid = [mean_kr] * len(months)
    for here, there in zip(range(0, len(months) - 1, 2), range(1, len(months), 2), strict=False):
        shift = rng.randrange(0, mean_kr // 12, 5)
        paid[here] += shift
        paid[there] -= shift
    rng.shuffle(paid)
    return dict(zip(months, paid, strict=True))


def parse_month(text: str) -> Month:
    return month_of(date.fromisoformat(f"{text}-01"))


def household_that_left(rng: Random, left: Left) -> Household:
    """The household with its payments from when assistance began (at most two years back) to the cut-off."""
    out, last = month_of(left.on), month_of(CUT_OFF)
    begun = out - left.months
    since = month_start(begun).replace(day=rng.randint(1, 20))
    household = Household(
        children=_children(rng, left),
        assistance_since=since,
        cause="Arbetslös, otillräcklig ersättning",
        payments_settled=True,
    )
    if not left.baseline_kr:
        return household
    first_counted = max(begun, out - 12)
    for earlier in range(max(begun, out - 24), first_counted):
        household.payments[earlier] = left.baseline_kr + rng.randrange(-900, 900, 5)
    household.payments |= payments_around(rng, left.baseline_kr, list(range(first_counted, out)))
    household.payments[out] = left.baseline_kr * rng.randint(40, 95) // 100
    if left.topup_kr:
        household.payments |= payments_around(rng, left.topup_kr, list(range(out + 1, last + 1)))
    if left.returned:
        for month in range(parse_month(left.returned), last + 1):
            household.payments[month] = left.baseline_kr + rng.randrange(0, 900, 5)
    household.payments |= {parse_month(month): paid for month, paid in left.paid_after.items()}
    return household


def _children(rng: Random, left: Left) -> int:
    """More children where more is paid; 500-uppdraget gave households with children priority."""
    if left.baseline_kr >= 14_000:
        return rng.randint(3, 5)
    return rng.choice([0, 1]) if 0 < left.baseline_kr < 9_000 else rng.choice([1, 2, 2, 3])

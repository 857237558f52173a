import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus.regions import Found, Marked, Region, merge_regions

BOXES = st.builds(Region, *[st.integers(0, 40)] * 4, st.sampled_from(["", "name"]))
MARKED = st.lists(st.lists(BOXES, max_size=4), min_size=1, max_size=4).map(
    lambda rows: [Marked(answer, tuple(boxes), 1 + answer / 10) for answer, boxes in enumerate(rows, 1)]
)


def test_regions_that_overlap_become_one_and_a_lone_one_stays_doubtful():
    found = merge_regions(
        [
            Marked(1, (Region(10, 10, 100, 20, "name"), Region(300, 0, 10, 10, "stain"))),
            Marked(2, (Region(14, 10, 100, 20, "name"),)),
            Marked(3, (Region(12, 10, 100, 20, "date"),), weight=2),
        ]
    )

    assert found == [
        Found(Region(12, 10, 100, 20, "name"), (1, 2, 3), 1.0, pytest.approx(0.982, abs=1e-3)),
        Found(Region(300, 0, 10, 10, "stain"), (1,), pytest.approx(1 / 3), pytest.approx(0.119, abs=1e-3)),
    ]


def test_two_regions_of_one_volunteer_stay_two():
    found = merge_regions([Marked(1, (Region(0, 0, 10, 10), Region(1, 0, 10, 10))), Marked(2, (Region(0, 0, 10, 10),))])

    assert [one.answers for one in found] == [(1, 2), (1,)]


def test_nothing_marked_is_nothing_found():
    assert merge_regions([Marked(1, ()), Marked(2, ())]) == []


def test_too_many_regions_are_refused():
    with pytest.raises(ValueError, match="At most 1000 regions"):
        merge_regions([Marked(1, (Region(0, 0, 1, 1),) * 1001)])


@settings(max_examples=25)
@given(MARKED, st.randoms())
def test_every_region_is_in_one_found_and_the_order_never_matters(marked, random):
    found = merge_regions(marked)

    assert merge_regions(random.sample(marked, len(marked))) == found
    assert sum(len(one.answers) for one in found) == sum(len(one.regions) for one in marked)
    assert all(len(set(one.answers)) == len(one.answers) and 0 <= one.confidence <= 1 for one in found)


@settings(max_examples=25)
@given(MARKED, st.integers(0, 3))
def test_agreeing_never_lowers_confidence(marked, which):
    found = merge_regions(marked)
    if found:
        region = found[min(which, len(found) - 1)]
        alone = [
            Marked(one.answer, (region.region,) if one.answer in region.answers else (), one.weight) for one in marked
        ]

        before, after = merge_regions(alone), merge_regions([*alone, Marked(9, (region.region,), 1.0)])

        assert after[0].confidence >= before[0].confidence or not region.region.w * region.region.h

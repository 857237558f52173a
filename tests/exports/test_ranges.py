import pytest

from exports.ranges import NotInFile, Span, span_of


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=0-9", Span(0, 10)),
        ("bytes=3-5", Span(3, 6)),
        ("bytes=3-", Span(3, 10)),
        ("bytes=3-500", Span(3, 10)),
        ("bytes=-1", Span(9, 10)),
        ("bytes=-500", Span(0, 10)),
        ("bytes= 3-5", Span(3, 6)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-3", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=١-٢", None),
        ("bytes=0x1-2", None),
    ],
)
def test_a_range_header_asks_for_these_bytes_of_ten(header, span):
    assert span_of(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"])
def test_a_range_without_a_byte_of_the_file_is_not_in_it(header):
    with pytest.raises(NotInFile):
        span_of(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1"])
def test_an_empty_file_has_no_range(header):
    with pytest.raises(NotInFile):
        span_of(header, 0)

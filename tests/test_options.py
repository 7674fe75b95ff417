"""Arguments of a crawl, right and wrong."""

import datetime as dt

import pytest

from crawler.errors import UsageError
from crawler.spiders.options import CrawlOptions


def test_all_arguments():
    options = CrawlOptions.parse(
        {
            "url": "http://www.example.cn/",
            "since": "2022-11-01",
            "until": "2022-11-30",
            "limit": "5",
            "sections": "要闻，体育",
        }
    )
    assert options.since == dt.date(2022, 11, 1)
    assert options.limit == 5
    assert options.sections == ("要闻", "体育")


def test_since_is_the_first_moment_of_the_day_in_china():
    assert CrawlOptions.parse({"since": "2022-11-01"}).since_time.isoformat() == "2022-11-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sinc": "2022-11-01"}, "did you mean since"),
        ({"since": "yesterday"}, "2022-11-01"),
        ({"since": "2999-01-01"}, "future"),
        ({"since": "2022-11-02", "until": "2022-11-01"}, "before"),
        ({"limit": "0"}, "limit=50"),
        ({"limit": "many"}, "limit=50"),
        ({"url": "www.example.cn"}, "https://www.example.cn/"),
    ],
)
def test_wrong_arguments_say_what_is_right(arguments, message):
    with pytest.raises(UsageError, match=message):
        CrawlOptions.parse(arguments)

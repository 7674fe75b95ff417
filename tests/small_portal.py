"""A portal of a few pages, written here: a home page with links, and articles."""

from __future__ import annotations

from tests.weather import Answer, respond

__all__ = ["article", "home", "portal"]

_TEXT = "河口镇的渡船今天恢复通航，码头上排起了长队。船工老周说，停航的两个月里，镇上的孩子要绕行十二公里去上学。" * 4


def article(number: int) -> str:
    """A whole page; every number another text."""
    title = f"河口镇渡船恢复通航第{number}天"
    paragraph = f"这是第{number}天的记录，当天往返{number * 7 + 3}个班次。{_TEXT}"
    return (
        f"<html><head><meta charset='utf-8'><title>{title}_河口网</title></head><body><h1>{title}</h1>"
        f"<div>2026-03-01 09:00 来源：河口日报</div><div><p>{paragraph}</p><p>{paragraph[::-1]}</p></div></body></html>"
    )


def path(number: int) -> str:
    return f"/2026/0301/{1000 + number}.html"


def home(*targets: str) -> str:
    items = "".join(
        f'<li><a href="{target}">河口镇渡船恢复通航第{n}天的消息</a> <span>2026-03-01</span></li>'
        for n, target in enumerate(targets)
    )
    return f"<html><head><meta charset='utf-8'><title>河口网</title></head><body><ul>{items}</ul></body></html>"


def portal(count: int = 3, **weather: Answer) -> dict[str, Answer]:
    """Answers of a whole portal; weather: what single paths do instead, `a1=…` for the article number 1."""
    answers = {"/": respond(home(*(path(n) for n in range(count))))}
    answers |= {path(n): respond(article(n)) for n in range(count)}
    for name, answer in weather.items():
        answers[path(int(name.removeprefix("a")))] = answer
    return answers

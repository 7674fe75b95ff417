"""What can be switched on while a demo portal runs: robots.txt in all its states, blocks, and failing pages."""

from __future__ import annotations

from crawler.demo.messages import Request, Response, gone

__all__ = ["ROBOTS", "Faults"]

#: Modes of robots.txt: `delay:N` gives a Crawl-delay of N seconds.
ROBOTS = ("allow", "missing", "html", "error", "forbid", "delay:N")

#: Own words, with the marks by which DOMAIN.md §4.10 tells the systems apart.
_CHALLENGES = {
    521: "<script>document.cookie='__jsl_clearance_s=1736.0|-1|demo';location.reload()</script>",
    412: "<html><head><meta charset=utf-8><script>var FSSBBIl1UgzbN7N80S='demo';</script></head><body></body></html>",
    403: "<html><head><title>访问被拒绝</title></head><body>请求带有不合法参数，已被网站管理员拦截</body></html>",
    429: "<html><head><title>请求过于频繁</title></head><body>您的访问过于频繁，请稍后再试</body></html>",
    202: "<html><head><script>var arg1='3E9A';/*acw_sc__v2*/</script></head><body></body></html>",
}


class Faults:
    """State of the switches; `answer` is asked before the portal itself."""

    def __init__(self) -> None:
        self.robots = "allow"
        self._block: tuple[int, int, int | None] | None = None
        self._failing: dict[str, tuple[int, int]] = {}

    def set_robots(self, mode: str) -> None:
        """One of ROBOTS; ValueError otherwise."""
        if mode not in ROBOTS and not mode.startswith("delay:"):
            raise ValueError(f"robots mode {mode!r}: one of {', '.join(ROBOTS)}")
        self.robots = mode

    def block(self, status: int = 521, after: int = 0, count: int | None = None) -> None:
        """Answer with a challenge after so many more pages, for so many requests (None: until unblocked)."""
        if status not in _CHALLENGES:
            raise ValueError(f"status {status}: one of {sorted(_CHALLENGES)}")
        self._block = (status, after, count)

    def unblock(self) -> None:
        """Stop blocking."""
        self._block = None

    def fail(self, path: str, status: int = 500, times: int = 1) -> None:
        """Answer one path with a bare error so many times."""
        self._failing[path] = (status, times)

    def answer(self, request: Request) -> Response | None:
        """A response in the portal's stead, or None."""
        if request.path == "/robots.txt":
            return self._robots()
        status, times = self._failing.get(request.path, (0, 0))
        if times:
            self._failing[request.path] = (status, times - 1)
            return gone(f"{status} Error", status)
        return self._blocked()

    def _blocked(self) -> Response | None:
        if self._block is None:
            return None
        status, after, count = self._block
        if after:
            self._block = (status, after - 1, count)
            return None
        if count is not None:
            self._block = (status, 0, count - 1) if count > 1 else None
        return Response(_CHALLENGES[status].encode(), status)

    def _robots(self) -> Response:
        if self.robots == "missing":
            return gone()
        if self.robots == "html":
            return Response("<!DOCTYPE html><html><body>页面不存在</body></html>".encode())
        if self.robots == "error":
            return gone("503 Service Unavailable", 503)
        lines = ["User-agent: *", "Disallow: /" if self.robots == "forbid" else "Disallow: /admin/"]
        if self.robots.startswith("delay:"):
            lines.append(f"Crawl-delay: {self.robots.partition(':')[2]}")
        return Response(("\n".join(lines) + "\n").encode(), content_type="text/plain")

"""Demo portals: invented Chinese city news portals on loopback, for `make crawl`, the tests and the benchmarks.

    portal = DemoPortal("seed", seed=1, size=200)              # a key of FAMILIES; same arguments, same bytes
    with serve([portal]) as server:                            # a process of its own on 127.0.0.1
        server.url                                             # http://127.0.0.1:PORT/, home of the first portal
        server.urls                                            # homes of all, in order (127.0.0.2 …, same port)
        for story in portal.truth(): ...                       # Story: url, title, body, source … on that base
        portal.strays()                                        # linked addresses that are no stories → reason
        portal.paper(since, until)                             # Story of the e-paper's issues (founder), else nothing
        server.command("add", portal, count=3)                 # also back_days=3.0; the portal's truth follows
        server.command("edit", portal, number=story.number)    # also pin, remove (soft=True)
        server.command("block", portal, status=521, after=10)  # unblock; robots (mode="forbid", "missing", "html" …)
        server.command("fail", portal, path="/x", times=2)     # status=500; delay (seconds=0.2)
        server.log()                                           # time, host, method, path, status, bytes, active, agent

With serve(…, proxy=True) the portals keep names such as www.qinghe-demo.test and m.qinghe-demo.test: crawl them with
http_proxy=server.proxy.  `portal.respond(Request(path))` answers without a network.
traps=… narrows what FAMILIES[name].traps has (`optional` ones are off unless named); now=… moves all dates.
Commands: crawler.demo.control.
"""

from __future__ import annotations

from crawler.demo.client import DemoServer, serve
from crawler.demo.families import FAMILIES
from crawler.demo.messages import Request, Response
from crawler.demo.portal import NOW, DemoPortal
from crawler.demo.story import Story

__all__ = ["FAMILIES", "NOW", "DemoPortal", "DemoServer", "Request", "Response", "Story", "serve"]

"""`python -m crawler.demo`: serve demo portals on loopback, for people and for crawler.demo.serve."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from twisted.internet import reactor as _reactor
from twisted.internet.error import CannotListenError

from crawler.demo.families import FAMILIES
from crawler.demo.portal import NOW, DemoPortal
from crawler.demo.server import DemoSite, listen
from crawler.items import CST

__all__ = ["main"]

# A module that stands for an object: its stubs know only the interfaces.
reactor: Any = _reactor

_EXAMPLE = """examples:
  python -m crawler.demo --family seed --size 200
  python -m crawler.demo --family cmstop --family trs --size 1000 --port 8800
  http_proxy=http://127.0.0.1:8800 curl http://www.qinghe-demo.test/
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.demo",
        description="Serve invented Chinese city news portals on loopback.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--family", action="append", choices=sorted(FAMILIES), help="kind of portal; may be repeated")
    parser.add_argument("--size", type=int, default=200, help="articles a portal has (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another portal (default: 1)")
    parser.add_argument("--port", type=int, default=0, help="port (default: a free one)")
    parser.add_argument("--log", help="append one JSON line a request to this file")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer (default: 0)")
    parser.add_argument("--today", action="store_true", help="let the newest articles be yesterday's")
    parser.add_argument("--orders", help=argparse.SUPPRESS)
    return parser


def _portals(options: argparse.Namespace, orders: dict[str, Any] | None) -> list[DemoPortal]:
    if orders is not None:
        specs = [spec | {"now": dt.datetime.fromisoformat(spec["now"])} for spec in orders["portals"]]
        return [DemoPortal(spec.pop("family"), **spec) for spec in specs]
    now = dt.datetime.now(CST).replace(hour=23, minute=30, second=0, microsecond=0) if options.today else NOW
    families = options.family or ["seed"]
    return [DemoPortal(family, seed=options.seed, size=options.size, now=now) for family in families]


def _stop_with_parent() -> None:
    """End when the process that started us has gone: its end of our standard input is then closed."""
    sys.stdin.read()
    reactor.callFromThread(reactor.stop)


def _announce(portals: Sequence[DemoPortal], urls: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"urls": list(urls)}) + "\n")
    else:
        for portal, url in zip(portals, urls, strict=True):
            sys.stdout.write(f"{url}  {portal.family.site} ({portal.name}, {portal.size} articles)\n")
        proxy = urls[0].rstrip("/")
        sys.stdout.write(f"or by name through http_proxy={proxy}  e.g. {portals[0].home}\nCtrl-C ends it.\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    orders = json.loads(options.orders) if options.orders else None
    portals = _portals(options, orders)
    try:
        return _serve(options, portals, orders)
    except CannotListenError as error:
        sys.stderr.write(f"port {options.port} is taken ({error.socketError}); choose another, or 0 for a free one\n")
        return 1


def _serve(options: argparse.Namespace, portals: Sequence[DemoPortal], orders: dict[str, Any] | None) -> int:
    with contextlib.ExitStack() as stack:
        log: IO[str] = sys.stderr
        if options.log:
            log = stack.enter_context(Path(options.log).open("a", encoding="utf-8"))
        delay = orders["delay"] if orders else options.delay
        site = DemoSite(portals, reactor, log=log, delay=delay, token=orders["token"] if orders else "")
        urls = [f"http://{authority}/" for authority in listen(site, options.port)]
        _announce(portals, urls, as_json=orders is not None)
        if orders is not None:
            threading.Thread(target=_stop_with_parent, daemon=True).start()
        reactor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

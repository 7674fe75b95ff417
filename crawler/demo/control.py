"""Commands that change demo portals while they are served: the same function changes a test's own copy.

COMMANDS names them and their arguments; `apply` runs one on a portal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal
    from crawler.demo.server import DemoSite

__all__ = ["COMMANDS", "apply", "run"]

COMMANDS: dict[str, Callable[..., Any]] = {
    "add": lambda portal, count=1, back_days=0.0: portal.add(count, back_days),
    "edit": lambda portal, number: portal.edit(number),
    "pin": lambda portal, number: portal.pin(number),
    "remove": lambda portal, number, soft=False: portal.remove(number, soft),
    "robots": lambda portal, mode="allow": portal.faults.set_robots(mode),
    "block": lambda portal, status=521, after=0, count=None: portal.faults.block(status, after, count),
    "unblock": lambda portal: portal.faults.unblock(),
    "fail": lambda portal, path, status=500, times=1: portal.faults.fail(path, status, times),
    "work": lambda portal: dict(portal.work),
}


def apply(portal: DemoPortal, command: str, arguments: Mapping[str, Any]) -> Any:
    """Run one command; ValueError names an unknown one."""
    if command not in COMMANDS:
        raise ValueError(f"no command {command!r}; there are {', '.join(COMMANDS)}")
    return COMMANDS[command](portal, **arguments)


def run(site: DemoSite, order: Mapping[str, Any]) -> dict[str, Any]:
    """An order from the control address: {"command", "portal" (index), "arguments"}; {"result"} or {"error"}."""
    if order["command"] == "delay":
        site.delay = float(order["arguments"]["seconds"])
        return {"result": site.delay}
    try:
        return {"result": apply(site.portals[order["portal"]], order["command"], order["arguments"])}
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return {"error": f"{type(error).__name__}: {error}"}

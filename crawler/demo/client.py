"""Start the demo server in a process of its own, talk to it, and end it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from crawler.demo import control
from crawler.demo.portal import DemoPortal

__all__ = ["DemoServer", "serve"]

#: Commands that change what the truth is; they are run on the caller's portals too.
_MIRRORED = frozenset({"add", "edit", "pin", "remove"})
#: Loopback only: a proxy that the environment names must not be asked.
_OPENER = build_opener(ProxyHandler({}))
#: The folder that holds the package, so that the process finds it from anywhere.
_ROOT = Path(__file__).resolve().parents[2]


class DemoServer:
    """A running server; use it as a context manager.

    url: home page of the first portal; urls: of all, in order; proxy: address for http_proxy; portals: the caller's,
    whose truth follows the commands.
    """

    def __init__(
        self, portals: Sequence[DemoPortal], *, proxy: bool, delay: float, port: int, log: Path | None
    ) -> None:
        self.portals = list(portals)
        specs = [_spec(portal) for portal in portals]
        self._folder = tempfile.TemporaryDirectory(prefix="chengwen-demo-")
        self.log_path = log or Path(self._folder.name, "access.jsonl")
        self._token = secrets.token_hex(12)
        orders = {"portals": specs, "token": self._token, "delay": delay}
        command = [sys.executable, "-m", "crawler.demo", "--orders", json.dumps(orders), "--port", str(port)]
        command += ["--log", str(self.log_path)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=_ROOT
        )
        self._read_addresses(proxy)

    def _read_addresses(self, proxy: bool) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            raise RuntimeError(f"the demo server ended with status {self._process.returncode}")
        said = json.loads(line)
        self._control = f"{said['urls'][0]}-/{self._token}"
        self.proxy: str = said["urls"][0].rstrip("/")
        if not proxy:
            for portal, url in zip(self.portals, said["urls"], strict=True):
                portal.rebase(url.rstrip("/"))
        self.urls = [portal.home for portal in self.portals]
        self.url = self.urls[0]

    def command(self, name: str, portal: DemoPortal | int = 0, **arguments: Any) -> Any:
        """Run a command of crawler.demo.control, or `delay` (seconds=…), on one portal; its result.

        ValueError with the server's words where it refuses.
        """
        index = portal if isinstance(portal, int) else self.portals.index(portal)
        order = {"command": name, "portal": index, "arguments": arguments}
        request = Request(self._control, json.dumps(order).encode(), {"Content-Type": "application/json"})
        with _OPENER.open(request, timeout=60) as response:
            answer = json.load(response)
        if "error" in answer:
            raise ValueError(answer["error"])
        if name in _MIRRORED:
            control.apply(self.portals[index], name, arguments)
        return answer["result"]

    def log(self, host: str | None = None) -> list[dict[str, Any]]:
        """All requests so far, oldest first: time (unix seconds), host, method, path (with query), status, bytes,
        active (requests of that host under way, this one included), agent.  host: only of that host."""
        text = self.log_path.read_text(encoding="utf-8") if self.log_path.exists() else ""
        # What stands after the last line end is still being written.
        lines = [json.loads(line) for line in text.rpartition("\n")[0].splitlines()]
        return [line for line in lines if host is None or line["host"] == host]

    def close(self) -> None:
        """End the process and remove its files; safe to call twice."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(timeout=30)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._folder.cleanup()

    def __enter__(self) -> DemoServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    portals: Sequence[DemoPortal],
    *,
    proxy: bool = False,
    delay: float = 0.0,
    port: int = 0,
    log: Path | None = None,
) -> DemoServer:
    """Serve portals on loopback until the returned context manager closes.

    proxy: keep the portals' host names as base, to be reached with http_proxy=server.proxy; else portals get
    http://127.0.0.1:PORT, http://127.0.0.2:PORT … as base.  delay: seconds before each answer.  port: 0 finds one.
    log: file of the access log; None: a temporary one.
    """
    return DemoServer(portals, proxy=proxy, delay=delay, port=port, log=log)


def _spec(portal: DemoPortal) -> dict[str, Any]:
    """What makes the same portal in another process; changes made before serving do not travel."""
    if portal.catalog.clock != portal.catalog.now:
        raise ValueError("serve a portal first, then change it with server.command")
    return {
        "family": portal.name,
        "seed": portal.seed,
        "size": portal.size,
        "host": portal.host,
        "now": portal.now.isoformat(),
        "traps": sorted(portal.traps),
    }

"""A Spark session, quiet, checked before it is begun, and ended whatever happens."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.errors import ChengwenError, SparkError, UsageError

__all__ = ["JAVA", "START", "Engine", "check_spark", "reason", "spark"]

#: The oldest Java that pyspark 4.3 runs on.
JAVA = 17
#: Seconds for `java -version`, and for a master to take a connection.
_ANSWER = 10.0
#: Seconds after which a session that has not begun never will: a standalone master is asked three times, 20 s apart.
START = 120.0
#: How often a task may fail: Spark's own default on a cluster; its local mode would give up at the first.
_TRIES = 4
#: Rows of a batch between the JVM and a Python process: some megabytes of articles.
_BATCH = 256
_LOCAL = re.compile(r"local(?:\[(\*|[1-9]\d*)(?:,([1-9]\d*))?\])?")
_STANDALONE = re.compile(r"spark://([^/]+)")
_QUIET = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running session.  session: a pyspark SparkSession; cores: tasks that run at a time; log: what Spark says."""

    session: Any
    cores: int
    log: Path

    def partitions(self, size: int) -> int:
        """Into how many parts bytes of that number are cut: 64 MB each, and no core without work."""
        return max(2 * self.cores, size >> 26)


def check_spark(master: str) -> str:
    """The master as Spark takes it.  Raises UsageError for what is no master, SparkError where there is no Spark."""
    found = _LOCAL.fullmatch(master)
    if found is None and not master.startswith(("spark://", "yarn", "k8s://", "local-cluster[")):
        raise UsageError(f"--master {master}: no master of Spark's; write local[2], spark://HOST:7077, yarn or k8s://…")
    for name in ("pyspark", "pyarrow", "pandas"):
        if importlib.util.find_spec(name) is None:
            raise SparkError(f"{name} is not installed: pip install 'chengwen[spark]'")
    _check_java()
    if found is not None:
        return f"local[{found[1] or 1},{found[2] or _TRIES}]"
    if standalone := _STANDALONE.match(master):
        _check_reachable(master, standalone[1])
    return master


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    wanted = f"Spark needs Java {JAVA} or newer: apt-get install openjdk-{JAVA}-jre-headless, or set JAVA_HOME"
    if java is None:
        raise SparkError(f"no Java found ({'JAVA_HOME=' + home if home else 'PATH'}); {wanted}")
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_ANSWER, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SparkError(f"{java}: does not run ({error}); {wanted}") from error
    # "1.8.0_392" was Java 8.
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if found is None or int(found[1]) < JAVA:
        raise SparkError(f"{java}: {'Java ' + found[1] if found else 'says no version'}; {wanted}")


def _check_reachable(master: str, hosts: str) -> None:
    """A standalone master that does not take a connection would be asked for a minute, and then with a stack trace."""
    why = ""
    for place in hosts.split(","):
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit():
            raise UsageError(f"--master {master}: write it with its port, as in spark://HOST:7077")
        try:
            socket.create_connection((host.strip("[]"), int(port)), _ANSWER).close()
        except OSError as error:
            why = error.strerror or str(error)
        else:
            return
    raise SparkError(f"--master {master}: cannot be reached ({why}); start it, or leave --master out for this machine")


@contextmanager
def spark(master: str, title: str) -> Iterator[Engine]:
    """A session at that master.  Raises SparkError, in one line, where Spark cannot begin or go on."""
    master = check_spark(master)
    with tempfile.TemporaryDirectory(prefix="chengwen-spark-") as folder:
        log = Path(folder, "spark.log")
        begun = None
        try:
            with _uninterrupted():
                begun = _begin(master, title, log)
            yield Engine(begun, begun.sparkContext.defaultParallelism, log)
        except (ChengwenError, KeyboardInterrupt):
            raise
        except Exception as error:
            if not _of_spark(error):
                raise
            raise SparkError(f"--master {master}: {reason(error)}") from error
        finally:
            if begun is not None:
                _end(begun)


def _begin(master: str, title: str, log: Path) -> Any:
    """The session; what its processes say goes to the log."""
    # py4j tells every refused connection of a JVM that is ending.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    from pyspark.sql import SparkSession

    quiet = log.with_name("log4j2.properties")
    quiet.write_text(_QUIET)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    if master.startswith("local"):
        # A host name that means nothing costs seconds, and needs no answer where nobody else takes part.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH),
        # Parts are made for the work of Python processes; merged by their bytes they would leave cores idle.
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master(master).appName(f"chengwen {title}")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with _watched(master), _heard(log):
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: a session that is broken off while it begins leaves its JVM behind."""
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt


@contextmanager
def _heard(log: Path) -> Iterator[None]:
    """Processes begun within write their errors into the log: the JVM's, and those of its Python processes."""
    sys.stderr.flush()
    before = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(before, 2)
            os.close(before)


@contextmanager
def _watched(master: str) -> Iterator[None]:
    """End this process where the block takes longer than a session may take to begin."""
    before = os.dup(2)

    def give_up() -> None:
        line = f"chengwen: --master {master}: no session within {START:.0f} s; is it Spark, and has it room?\n"
        os.write(before, line.encode())
        # Spark waits in Java; its process ends with this one.
        os._exit(1)

    timer = threading.Timer(START, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        os.close(before)


def _end(session: Any) -> None:
    try:
        session.stop()
    except Exception as error:
        if not _of_spark(error):
            raise


def _of_spark(error: BaseException) -> bool:
    """True for errors that Spark, or the way to it, raised: py4j has no root of its own, nor do the two share one."""
    return type(error).__module__.partition(".")[0] in ("pyspark", "py4j") or isinstance(error, ConnectionError)


def reason(error: BaseException) -> str:
    """What went wrong, in a line, out of a stack trace: the last thing that Python said, else the first of Java's."""
    text = str(getattr(error, "java_exception", None) or error)
    said = re.findall(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception|Exit|Full|Damaged): .+)$", text, re.MULTILINE)
    python = [line for line in said if not line.startswith(("SparkException", "PythonException", "Py4J"))]
    found = python[-1] if python else next(iter(text.strip().splitlines()), type(error).__name__)
    return re.sub(r"\s+", " ", found)[:300]

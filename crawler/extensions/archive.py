"""Archives everything that a crawl fetches, as WARC (setting ARCHIVE)."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import IO, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.corpus import utc_now
from crawler.corpus.address import folder_of
from crawler.corpus.warc.message import DROPPED, Exchange
from crawler.corpus.warc.recorder import Limits, Recorder, check_folder
from crawler.errors import CorpusError, UsageError
from crawler.extensions.corpus import CorpusSession

__all__ = ["FETCHED_AT", "MEDIA", "PURPOSE", "Archive", "archive_dir", "archives", "check_archive"]

#: Marks, in its meta, a request that is made for the archive alone.
MEDIA = "media"

#: Keys of Request.meta: when it was sent, as the archive says; what it is for (see PortalSpider.purpose).
FETCHED_AT, PURPOSE = "fetched_at", "purpose"
#: The only form there is; empty: none.
_WARC = "warc"


def archives(settings: BaseSettings) -> bool:
    """True if what is fetched is to be archived.  UsageError for a form that there is not."""
    form = str(settings.get("ARCHIVE") or "").strip().lower()
    if form not in ("", _WARC):
        raise UsageError(f"ARCHIVE={form}: the archive is WARC (-s ARCHIVE=warc) or none (-s ARCHIVE=)")
    return bool(form)


def archive_dir(settings: BaseSettings) -> Path:
    """The archive's folder: the setting, or warc beside the corpus."""
    return Path(settings.get("ARCHIVE_DIR") or folder_of(settings["CORPUS"]) / _WARC)


def check_archive(settings: BaseSettings, *, media: bool = False) -> None:
    """Raise what a person should know before the first request: UsageError, ArchiveError.

    media: pictures and files are wanted too, for which there has to be an archive.
    """
    if archives(settings):
        check_folder(archive_dir(settings))
    elif media:
        raise UsageError("-a media=yes: pictures go to the archive, and ARCHIVE is empty; set it to warc")


class Archive:
    """Opens the archive with the run and closes it before the corpus; the handler (extensions/wire.py) brings pages."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._recorder: Recorder | None = None
        self._media_size = crawler.settings.getint("ARCHIVE_MEDIA_SIZE")
        self._media_types = tuple(kind.lower() for kind in crawler.settings.getlist("ARCHIVE_MEDIA_TYPES"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """NotConfigured where nothing is to be archived."""
        if not archives(crawler.settings):
            raise NotConfigured
        archive = cls(crawler)
        crawler.signals.connect(archive.opened, signal=signals.spider_opened)
        crawler.signals.connect(archive.closed, signal=signals.spider_closed)
        crawler.signals.connect(archive.headers_received, signal=signals.headers_received)
        return archive

    @classmethod
    def of(cls, crawler: Crawler) -> Self | None:
        """The archive of a crawl; None where there is none."""
        return crawler.get_extension(cls)

    @property
    def recording(self) -> bool:
        """True while exchanges are taken in."""
        return self._recorder is not None

    def now(self) -> dt.datetime:
        """The present, aware."""
        return utc_now()

    def opened(self) -> None:
        """Repair, and go on with, what the last run left."""
        session = CorpusSession.of(self._crawler)
        if session.failed or session.run_id is None or self._crawler.spider is None:
            return
        settings = self._crawler.settings
        limits = Limits(
            settings.getint("ARCHIVE_FILE_SIZE"), dt.timedelta(hours=settings.getfloat("ARCHIVE_FILE_HOURS"))
        )
        name = self._crawler.spider.name
        about = _about(settings, name)
        prefix = settings["ARCHIVE_PREFIX"]
        folder = archive_dir(settings)
        recorder = Recorder(session.corpus, folder, name, about, limits, run_id=session.run_id, prefix=prefix)
        try:
            recorder.begin()
        except CorpusError as error:
            session.abort(error)
            return
        self._recorder = recorder

    def headers_received(self, headers: Headers, body_length: int | None, request: Request) -> None:
        """Break off what is fetched for the archive alone and is too large for it, or of another type than it keeps."""
        if not request.meta.get(MEDIA):
            return
        kind = (headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
        too_large = isinstance(body_length, int) and body_length > self._media_size
        if too_large or not kind.startswith(self._media_types):
            self._crawler.stats.inc_value("media/too_large" if too_large else "media/other_type")
            raise StopDownload(fail=True)

    def record(
        self, request: Request, response: Response, begun: dt.datetime, sent: bytes, received: IO[bytes]
    ) -> None:
        """Take in one exchange; where the archive cannot, the run ends."""
        if self._recorder is None:
            return
        # Through a proxy the address is the proxy's.
        ip = None if request.meta.get("proxy") or response.ip_address is None else str(response.ip_address)
        try:
            self._recorder.record(Exchange(response.url, begun, sent, received, ip, _about_request(request)))
            self._crawler.stats.inc_value("archive/records")
        except CorpusError as error:
            CorpusSession.of(self._crawler).abort(error)

    def closed(self) -> None:
        """List what was recorded since the last article."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        session = CorpusSession.of(self._crawler)
        try:
            recorder.close()
        except CorpusError as error:
            session.abort(error)


def _about_request(request: Request) -> str:
    """The walk's purpose, in ASCII: a header of the record.  robots.txt, probes and media have none."""
    return json.dumps(request.meta.get(PURPOSE) or {"as": "other"}, separators=(",", ":"))


def _about(settings: BaseSettings, portal: str) -> dict[str, str]:
    """For the warcinfo record: what made it and by which rules, and nothing of the machine it was made on."""
    robots = "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore"
    return {
        "software": f"chengwen/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": portal,
        "robots": robots,
        "http-header-user-agent": settings["USER_AGENT"],
        "description": (
            f"download delay {settings.getfloat('DOWNLOAD_DELAY'):g} s,"
            f" {settings.getint('CONCURRENT_REQUESTS_PER_DOMAIN')} request(s) at a time;"
            f" headers left out: {', '.join(DROPPED)}"
        ),
    }

"""What can go wrong, as one tree.

* ChengwenError
    * UsageError              a wrong option, name or file given by a person (exit status 2)
    * PortalError             a portal file that does not say what it should
        * UnknownPortal       no portal of that name
    * Later                   not now, without anybody's fault (exit status 75)
        * PortalBusy          another run of that portal is on
        * PortalPaused        the portal refused the last run and is left alone for a while
    * ClusterError            the queue of crawl jobs cannot be used: away, not set up, of another release
    * OutputError             a file that was asked for cannot be written
    * SparkError              Spark cannot be begun, or has lost its work
    * CorpusError             the corpus cannot be opened, read or written
        * CorpusLocked        another process holds the write lock for too long
        * CorpusReadOnly      no permission to write
        * CorpusFull          the disk is full
        * CorpusNewer         written by a newer release than this one
        * CorpusForeign       a database of another program, or none at all
        * CorpusDamaged       SQLite reports corruption
        * ArchiveError        the archive of what was fetched cannot be read or written
            * ArchiveFull     its disk is full

Every message is one line that names the thing (file, key, URL) and the way out, because commands print it as it is.
"""

__all__ = [
    "ArchiveError",
    "ArchiveFull",
    "ChengwenError",
    "ClusterError",
    "CorpusDamaged",
    "CorpusError",
    "CorpusForeign",
    "CorpusFull",
    "CorpusLocked",
    "CorpusLost",
    "CorpusNewer",
    "CorpusReadOnly",
    "Later",
    "OutputError",
    "PortalBusy",
    "PortalError",
    "PortalPaused",
    "SparkError",
    "UnknownPortal",
    "UsageError",
]


class ChengwenError(Exception):
    """Root of all errors that this project raises on purpose."""


class UsageError(ChengwenError):
    """A person gave a wrong option, name or file; commands exit with status 2."""


class PortalError(ChengwenError):
    """A portal file is wrong; the message names the file, the key and what is allowed."""


class UnknownPortal(PortalError):
    """No portal has that name; the message offers the nearest names."""


class Later(ChengwenError):
    """Nothing is wrong, but this is not the time; commands exit with status 75 (EX_TEMPFAIL of sysexits.h)."""


class PortalBusy(Later):
    """Another process crawls that portal into that corpus."""


class PortalPaused(Later):
    """The portal's host refused an earlier run, and the pause it was given has not passed."""


class ClusterError(ChengwenError):
    """The queue of crawl jobs cannot be used: PostgreSQL is away, it was not set up, or another release did that."""


class OutputError(ChengwenError):
    """An export cannot be written: full disk, no permission; nothing half of it is left."""


class SparkError(ChengwenError):
    """Spark, or what it needs, is not there, cannot be begun, or has given up; nothing half done is left."""


class CorpusError(ChengwenError):
    """The corpus cannot be opened, read or written."""


class CorpusLocked(CorpusError):
    """Another process held the write lock longer than the busy timeout."""


class CorpusReadOnly(CorpusError):
    """The file or its folder cannot be written."""


class CorpusFull(CorpusError):
    """The disk, or the quota, is full; the batch was rolled back as a whole."""


class CorpusLost(CorpusError):
    """The server ended the connection, or can no longer be reached; the transaction was rolled back as a whole."""


class CorpusNewer(CorpusError):
    """The file's schema is newer than this release knows."""


class CorpusForeign(CorpusError):
    """The file is no corpus: another program's SQLite file, or no SQLite file."""


class CorpusDamaged(CorpusError):
    """SQLite reports a malformed database."""


class ArchiveError(CorpusError):
    """The archive of what was fetched cannot be read or written: what it should hold is not crossed off."""


class ArchiveFull(ArchiveError):
    """The disk, or the quota, is full; no part of a record is left."""

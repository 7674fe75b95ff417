"""Many machines on one corpus: crawl jobs in PostgreSQL, and the workers that run them (docs/scale.md).

One portal is one job and one worker's at a time, which keeps the pace per host.  Procrastinate keeps the queue; what is
ours is the crawl as a child process, and what happens when something dies.  Needs the extra `cluster`; the modules that
import its packages are imported by those who use them, so that everything else works without.
"""

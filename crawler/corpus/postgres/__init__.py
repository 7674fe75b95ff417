"""The corpus in PostgreSQL: for many machines that share one.  Needs the extra: pip install 'chengwen[cluster]'.

The modules that import psycopg (connection, failures, turn, values) are imported only where CORPUS names a server: it
is no dependency of a corpus in a file.
"""

"""The corpus in PostgreSQL: for many machines that share one.  Needs the extra: pip install 'chengwen[cluster]'.

Imported where CORPUS names a server, and nowhere else: psycopg is no dependency of a corpus in a file.
"""

"""The corpus in a browser: pages for reading, and Datasette's tables and SQL underneath.

asking.py: what an address asks for.  pages.py: what each page shows.  view.py: how it becomes HTML.  plugin.py: how
Datasette comes to serve it.  server.py: the process.
"""

"""A loopback server with portals of our own making, and the truth about every page."""

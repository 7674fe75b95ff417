"""What is known of a portal, as data."""

"""Item pipelines, one a file, in the order in which an article meets them."""

"""A function of 256 MB as its users feel it: on the clock, with a seventh of a processor."""

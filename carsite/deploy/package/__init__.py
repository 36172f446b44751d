"""The archive that Lambda gets: what goes in, in which form, and what must not."""

"""The migrations of popular packages on DSQL: `make third-party`."""

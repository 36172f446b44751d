"""ENGINE "dbauth.dsql": Amazon Aurora DSQL."""

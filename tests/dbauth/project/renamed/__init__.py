"""ENGINE "tests.dbauth.project.renamed": a project's own subclass of the backend."""

"""Either deployed stage on this machine, in a browser: `make run-regular` and `make run-dsql`."""

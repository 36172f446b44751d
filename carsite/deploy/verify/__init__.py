"""Does a deployed service do what each of them must? Asked over HTTP alone: `make verify`."""

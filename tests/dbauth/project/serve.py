"""`python -m tests.dbauth.project.serve`: the project behind a WSGI server with one thread.

Prints its port, and ends when its stdin does. Lines on stdin, JSON objects, change what a process
cannot change about another: `{"clock": seconds}` sets the wall clock that far ahead, and
`{"environment": {...}}` sets variables, `{"go_on": true}` ends the pauses of a POST. Each is
answered with a line.
"""

import json
import os
import sys
import threading
import time
from wsgiref.simple_server import make_server

real_time = time.time
ahead = 0.0


def obey() -> None:
    global ahead  # noqa: PLW0603 - the clock of the whole process
    for line in sys.stdin:
        order = json.loads(line)
        ahead = order.get("clock", ahead)
        for name, value in order.get("environment", {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if order.get("go_on"):
            from tests.dbauth.project import urls  # not before Django is set up

            urls.go_on.set()
        print("done", flush=True)  # noqa: T201 - the answer
    os._exit(0)


if __name__ == "__main__":
    # Before anything that keeps a reference to it is imported.
    time.time = lambda: real_time() + ahead
    from django.core.wsgi import get_wsgi_application

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.dbauth.project.settings"
    server = make_server("127.0.0.1", 0, get_wsgi_application())
    print(server.server_port, flush=True)  # noqa: T201 - the answer
    threading.Thread(target=obey, daemon=True).start()
    server.serve_forever()

"""Exceptions without the frames that hold a secret.

Tracebacks keep the local variables of every frame alive, and error reporters (Django's debug page,
Sentry) print them. The frames of psycopg2.connect hold the token twice, as a keyword and in a DSN.
"""


def forget_frames(error: BaseException, outer: BaseException | None) -> None:
    """Drop the traceback of `error` and of everything that it was raised from.

    `outer` is the exception that was being handled before (sys.exception() at the start): it is in
    the chain too, and its frames are the caller's business. A bare `raise` goes on from there.
    """
    pending: list[BaseException | None] = [error]
    done = {id(outer)}
    while pending:
        link = pending.pop()
        if link is not None and id(link) not in done:
            done.add(id(link))
            link.__traceback__ = None
            pending += [link.__cause__, link.__context__]

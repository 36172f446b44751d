"""Steps `name` and `tcp`: the way to the server."""

import socket

from dbauth.deadline import within
from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError

NAME_SECONDS = 3
TCP_SECONDS = 3
# Enough to meet one that answers; the next ones would only take longer to fail alike.
MOST_ADDRESSES = 3

UNKNOWN_NAME = """\
Compare HOST with the endpoint that AWS shows; a cluster that was deleted has no name any more.
A DSQL name with "dsql-xxxx" in it, and a private one, resolve inside their VPC alone: run this
there, or set OPTIONS["hostaddr"] to the address (of the VPC endpoint, for instance)."""

NO_ANSWER = """\
Packets are dropped on the way. Check, in this order:
- the database's security group lets port {port} in, from the security group of this function or
  from this address (for DSQL: the security group of the VPC endpoint)
- this process is in the database's VPC (Lambda: its VpcConfig), or the database is publicly
  accessible and there is a route to it
- the port: {port}"""

REFUSED = """\
The machine answers, and nothing listens there. Check the port and, in `aws rds
describe-db-clusters`, that the database is available and not stopped."""

NO_ROUTE = 'Check the route table of this process\'s subnet, and OPTIONS["hostaddr"] if it is set.'


def name(case: Case) -> str:
    """HOST resolves, as libpq will ask for it."""
    target = case.target
    if target.hostaddr:
        case.addresses = [target.hostaddr]
        return f"not asked for: hostaddr is {target.hostaddr}"
    try:
        found = within(case.seconds(NAME_SECONDS), lambda: _resolve(target.host))
    except TimeoutError:
        cause = f"The name servers do not say within {NAME_SECONDS} s what {target.host!r} is."
        raise StepError(cause, UNKNOWN_NAME) from None
    except (OSError, UnicodeError) as error:
        cause = f"HOST {target.host!r} does not resolve: {error}."
        raise StepError(cause, UNKNOWN_NAME) from None
    case.addresses = found
    return f"{target.host} is {', '.join(found)}"


def tcp(case: Case) -> str:
    """One of the addresses takes a connection."""
    port, addresses = case.target.port, case.addresses[:MOST_ADDRESSES]
    errors = []
    for address in addresses:
        try:
            seconds = case.seconds(TCP_SECONDS / len(addresses))
            with socket.create_connection((address, port), seconds):
                case.addresses = [address]
                return f"{address}:{port} takes connections"
        except OSError as error:
            errors.append(error)
    raise _explained(f"{', '.join(addresses)} at port {port}", port, errors[-1])


def _resolve(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _explained(where: str, port: int, error: OSError) -> StepError:
    if isinstance(error, TimeoutError):
        remedy = NO_ANSWER.format(port=port)
        return StepError(f"{where} did not answer within {TCP_SECONDS} s: a time-out.", remedy)
    if isinstance(error, ConnectionRefusedError):
        return StepError(f"{where} refused the connection.", REFUSED)
    return StepError(f"{where} cannot be reached: {error}.", NO_ROUTE)

"""A database connection, walked through step by step until something is wrong.

    for finding in examine(connections["default"]):
        print(finding.step, finding.ok, finding.detail)

`manage.py dbdoctor` prints this. No step writes anything that stays, and none shows a secret.
"""

from dbauth.doctor.examination import examine
from dbauth.doctor.finding import Finding

__all__ = ["Finding", "examine"]

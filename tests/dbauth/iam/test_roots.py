"""The roots that dbauth brings."""

import re
from pathlib import Path

import certifi

from dbauth.iam import roots

LABELLED = re.compile(r'# Label: "(?P<name>[^"]+)"(?P<rest>.*?)(?=\n# Issuer|\Z)', re.DOTALL)
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# https://www.amazontrust.com/repository/
AMAZONS = re.compile(r"Amazon Root CA \d|Starfield Services Root Certificate Authority - G2")


def test_they_are_all_of_amazons_that_certifi_trusts_and_no_others():
    trusted = {
        CERTIFICATE.findall(match["rest"])[0]
        for match in LABELLED.finditer(Path(certifi.where()).read_text())
        if AMAZONS.fullmatch(match["name"])
    }
    assert len(trusted) >= 5
    assert set(CERTIFICATE.findall(Path(roots.public_file()).read_text())) == trusted

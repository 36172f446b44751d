"""The roots that dbauth brings."""

import re
from pathlib import Path

import certifi
import pytest

from dbauth.iam import roots

LABELLED = re.compile(r'# Label: "(?P<name>[^"]+)"(?P<rest>.*?)(?=\n# Issuer|\Z)', re.DOTALL)
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# Starfield's is Amazon's by purchase. The others may be of any generation.
AMAZONS = re.compile(r"Amazon\b|Starfield Services Root Certificate Authority - G2$")


def test_they_are_all_of_amazons_that_certifi_trusts_and_no_others():
    """Red once certifi trusts a newer one: add it to the file, and say so in the changelog."""
    trusted = amazons(Path(certifi.where()).read_text())
    assert len(trusted) >= 5
    assert set(CERTIFICATE.findall(Path(roots.public_file()).read_text())) == trusted


@pytest.mark.parametrize(
    ("name", "is_amazons"),
    [
        ("Amazon Root CA 1", True),
        ("Amazon Root EU M1", True),
        ("Amazon RSA Root 2", True),
        ("Starfield Services Root Certificate Authority - G2", True),
        ("Starfield Root Certificate Authority - G2", False),
    ],
)
def test_a_root_of_another_generation_would_be_noticed(name, is_amazons):
    pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"
    assert amazons(f'# Issuer: CN\n# Label: "{name}"\n{pem}\n') == ({pem} if is_amazons else set())


def amazons(bundle):
    """The certificates of a bundle, with certifi's labels, that are Amazon's."""
    return {
        CERTIFICATE.findall(match["rest"])[0]
        for match in LABELLED.finditer(bundle)
        if AMAZONS.match(match["name"])
    }

"""Environment variables that fail closed: what cannot be understood stops the process."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

NO = {"false", "no", "off", "0"}


def flag(env: Env, name: str, *, default: bool = False) -> bool:
    """True or false, `default` when it is not set or empty; ImproperlyConfigured for anything else.

    django-environ takes every word that it does not know for false.
    """
    value = env(name, default="").strip().lower()
    if not value:
        return default
    if value in env.BOOLEAN_TRUE_STRINGS:
        return True
    if value in NO:
        return False
    raise ImproperlyConfigured(f"{name} is '{value}'. Set it to true or false.")


def count(env: Env, name: str, default: int) -> int:
    """A whole number from 0; ImproperlyConfigured for anything else."""
    value = env(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is '{value}'. Set it to a whole number, 0 or more.")
    return int(value)


def names(env: Env, name: str) -> list[str]:
    """A comma separated list; spaces around its items do not count."""
    return [item.strip() for item in env.list(name, default=[]) if item.strip()]


def path_prefix(env: Env, name: str) -> str | None:
    """What comes before every path, such as /cars; None when it is not set, "" for nothing."""
    if name not in env:
        return None
    prefix: str = env(name, default="") or ""
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ImproperlyConfigured(f"{name} is '{prefix}'. Write it as /{prefix.strip('/')}.")
    return prefix


def public_url(env: Env, name: str) -> SplitResult | None:
    """The address that clients know, such as https://cars.example.com/api; None when not set."""
    given: str = env(name, default="").strip()
    if not given:
        return None
    url = urlsplit(given)
    if url.scheme != "https" or not url.hostname or url.username or url.query or url.fragment:
        raise ImproperlyConfigured(
            f"{name} is '{given}'. Write it as https://HOST or https://HOST/PATH."
        )
    return url._replace(netloc=url.netloc.lower(), path=url.path.rstrip("/"))


def cookie_prefix(script_name: str | None, public: SplitResult | None) -> str:
    """What the names of cookies begin with, so that browsers take them over HTTPS alone.

    `__Host-` keeps other subdomains from setting them too, but is for the path `/` only: that is
    certain where no address of the service has a prefix.
    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    """
    at_the_root = script_name == "" and not (public and public.path)
    return "__Host-" if at_the_root else "__Secure-"


def dns_suffix(region: str) -> str:
    """What the names of AWS's services end with in a region: China and Europe have their own."""
    suffixes = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}
    return suffixes.get(region.partition("-")[0], "amazonaws.com")

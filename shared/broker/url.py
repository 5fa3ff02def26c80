"""Validate the broker URL and normalize it for kombu."""

from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

__all__ = ["kombu_url"]

_SCHEMES = ("redis", "rediss", "redis+socket")
_OPTIONS = frozenset({"username", "password", "db", "virtual_host"})
_TLS = frozenset(
    {"ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
)
_CERT_REQS = ("required", "optional", "none")


def kombu_url(url: str) -> str:
    """Return the URL of a Valkey or Redis server in the form that kombu parses correctly.

    kombu takes the credentials of a `redis+socket` URL from its user information alone: a
    `?password=` is overwritten with None, and every connection is refused. In other URLs the same
    option is a TypeError. So credentials are moved to the user information, the database number to
    the place that kombu reads, and `rediss` verifies the server's certificate by default (kombu
    does not).

    Raises:
        ValueError: the URL is invalid, or has an option that would be ignored. The message
            never quotes the URL, which may hold a password.
    """
    parts, options = _split(url)
    supported = _OPTIONS | _TLS if parts.scheme == "rediss" else _OPTIONS
    if options.keys() - supported:  # may be part of a password with a bare question mark
        raise ValueError(f"{parts.scheme}:// has no options but {', '.join(sorted(supported))}")
    userinfo, _, host = parts.netloc.rpartition("@")
    credentials = _userinfo(userinfo, options)
    database = options.get("db") or options.get("virtual_host") or ""
    if parts.scheme == "redis+socket":
        if host or parts.path in {"", "/"}:
            raise ValueError(
                "redis+socket:// must be followed by the absolute path of the socket, or by "
                "credentials, @ and the path"
            )
        path = quote(unquote(parts.path), safe="/")
        query = {"virtual_host": _database_number(database)} if database else {}
    else:
        path = f"/{_database_number(database or unquote(parts.path))}"
        query = _tls(options) if parts.scheme == "rediss" else {}
    return f"{parts.scheme}://{credentials}{host}{path}{'?' if query else ''}{urlencode(query)}"


def _split(url: str) -> tuple[SplitResult, dict[str, str]]:
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        readable = parts.port != 0  # raises ValueError if it is not a number
    except ValueError:
        readable = False
    if not readable or parts.fragment or ";" in parts.netloc:
        # Python's own message quotes parts of the URL, which may be parts of a password.
        raise ValueError(
            "is not one readable URL; special characters of a password are percent-encoded"
        ) from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"must start with one of {', '.join(f'{name}://' for name in _SCHEMES)}")
    return parts, options


def _userinfo(userinfo: str, options: dict[str, str]) -> str:
    """Return `username:password@`, percent-encoded; user information precedes options."""
    username, _, password = (unquote(part) for part in userinfo.partition(":"))
    username = quote(username or options.get("username", ""), safe="")
    password = quote(password or options.get("password", ""), safe="")
    return f"{username}{':' if password else ''}{password}@" if username or password else ""


def _database_number(database: str) -> str:
    number = database.strip("/") or "0"
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("names a database that is not a number")
    return number


def _tls(options: dict[str, str]) -> dict[str, str]:
    tls_options = {name: options[name] for name in sorted(options.keys() & _TLS)}
    tls_options.setdefault("ssl_cert_reqs", "required")
    if tls_options["ssl_cert_reqs"] not in _CERT_REQS:
        raise ValueError(f"ssl_cert_reqs must be one of {', '.join(_CERT_REQS)}")
    return tls_options

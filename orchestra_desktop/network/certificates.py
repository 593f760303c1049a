"""Which certificates are trusted: the system's, and those of the CA file that the person named."""

from __future__ import annotations

import ssl


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A context that verifies, made without SSL_CERT_FILE and its like. Raises OSError if `ca_file` cannot be read.

    A company's CA comes on top of the system's, since its proxy rarely signs everything.
    """
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    elif _knows_nobody(context):
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context


def _knows_nobody(context: ssl.SSLContext) -> bool:
    """True on a machine without certificates of its own, such as a slim container."""
    try:
        return context.cert_store_stats()["x509_ca"] == 0
    except NotImplementedError:  # Windows and macOS verify through the system, which has its own
        return False

"""Addresses of our pages, as commands print them."""


def sign_in_address(base_url: str, token: str) -> str:
    """Return the address that signs in, once."""
    return f"{base_url}/sign-in/link/{token}"

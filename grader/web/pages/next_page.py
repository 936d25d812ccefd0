"""Where to go after signing in: only to pages of our own."""

HOME = "/"


def own_path(address: str) -> str:
    """Give the address back if it is a path on this site, else the home page.

    Browsers drop tabs and line ends from addresses and read a backslash as a slash, so that what begins with a slash
    may still lead away: whatever holds such a character is no page of ours.
    """
    ours = address.startswith("/") and not address.startswith("//")
    return address if ours and address.isprintable() and not set(address) & {"\\", " "} else HOME

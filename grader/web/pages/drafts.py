from grader.services.authenticate import SignedIn


def draft_key(who: SignedIn, slug: str) -> str:
    """Name the place in the browser's storage where what this person types into this exercise is kept."""
    return f"draft:{who.id}:{slug}"

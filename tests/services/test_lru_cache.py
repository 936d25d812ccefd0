from functools import partial

from grader.services.lru_cache import LruCache


def test_what_was_made_is_not_made_again() -> None:
    made: list[int] = []
    kept = LruCache[str, int]()

    def make() -> int:
        made.append(1)
        return 7

    assert [kept.get("a", make), kept.get("a", make)] == [7, 7]
    assert len(made) == 1


def test_only_the_newest_are_kept() -> None:
    kept = LruCache[int, int](most=2)
    for key in (1, 2, 1, 3):
        kept.get(key, partial(int, key))
    assert kept.get(1, lambda: -1) == 1
    assert kept.get(2, lambda: -1) == -1


def test_the_newer_takes_the_place_of_the_older() -> None:
    kept = LruCache[str, int]()
    assert kept.find("a") is None
    kept.keep("a", 1)
    kept.keep("a", 2)
    assert kept.find("a") == 2

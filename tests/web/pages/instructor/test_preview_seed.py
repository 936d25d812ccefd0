import re

import pytest
from flask.testing import FlaskClient

from grader.catalog.load import Catalog
from tests.fixtures.varied import SLUG

HERE = f"/instructor/exercises/{SLUG}/preview"


@pytest.fixture
def catalog(varied_catalog: Catalog) -> Catalog:
    return varied_catalog


def references(page: str) -> list[str]:
    return re.findall(r'data-reference="\w+">.*?<td class="number to-right">([^<]+)<', page, re.DOTALL)


def test_each_seed_has_values_of_its_own_and_always_the_same(instructor: FlaskClient) -> None:
    first, again, other, printed = (
        references(instructor.get(f"{HERE}{query}").text) for query in ("?seed=7", "?seed=7", "?seed=8", "")
    )
    assert first == again
    assert len({tuple(found) for found in (first, other, printed)}) == 3

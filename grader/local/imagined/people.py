"""Names for a class."""

from collections.abc import Iterator
from itertools import islice, product

import numpy as np

from grader.services.register import Person

GIVEN = (
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hiếu", "Hoa", "Hùng", "Khánh", "Lan", "Linh", "Long", "Mai", "Minh",
    "Nam", "Ngọc", "Phúc", "Quân", "Sơn", "Thảo", "Trang", "Tuấn", "Vy", "Amara", "Ben", "Clara", "Diego", "Elif",
    "Farah", "Goran", "Hana", "Iris", "Jonas", "Kofi", "Lea", "Mateo", "Nadia", "Oskar", "Priya",
)  # fmt: skip
FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Okafor", "Novak", "Haddad", "Sato", "Keller", "Moreau", "Silva", "Kaya", "Berg", "Rossi", "Singh", "Cohen",
)  # fmt: skip


def people(count: int, chance: np.random.Generator) -> Iterator[Person]:
    """Give so many people, each with an address of the domain that belongs to nobody."""
    pairs = list(product(GIVEN, FAMILY))
    chance.shuffle(pairs)
    names = islice((pair for _ in range(1 + count // len(pairs)) for pair in pairs), count)
    return (
        Person(f"student{number:04d}@example.org", f"{given} {family}")
        for number, (given, family) in enumerate(names, start=1)
    )

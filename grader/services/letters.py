"""What we write to people, in their language. Plain text: a mail is read everywhere and leads nowhere unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is handed to the post."""

    to: str
    subject: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter with places for what differs."""

    subject: str
    text: str


ENGLISH: Final = "en"

RESET: Final[Mapping[str, Wording]] = MappingProxyType(
    {
        "en": Wording(
            "Your link to nn-grader",
            """Hello {name},

somebody, probably you, asked for a link to sign in to nn-grader and set a password. Open this one:

{address}

It works once, within {hours} hours. If you did not ask for it, there is nothing to do: without the link nothing changes.
""",
        ),
        "vi": Wording(
            "Liên kết của bạn tới nn-grader",
            """Chào {name},

có người, chắc là bạn, đã xin một liên kết để đăng nhập vào nn-grader và đặt mật khẩu. Hãy mở liên kết này:

{address}

Liên kết dùng được một lần, trong vòng {hours} giờ. Nếu bạn không xin, bạn không cần làm gì: không có liên kết thì
không có gì thay đổi.
""",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is written to."""

    email: str
    name: str
    language: str | None


def reset_letter(reader: Reader, address: str, hours: int, now: datetime) -> Letter:
    """Write the letter with a link that leads to setting a password."""
    wording = RESET.get(reader.language or ENGLISH, RESET[ENGLISH])
    text = wording.text.format(name=reader.name, address=address, hours=hours)
    return Letter(reader.email, wording.subject, text, now)

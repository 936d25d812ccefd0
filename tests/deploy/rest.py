"""REST as an LMS speaks it."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

AGAIN: Final = frozenset({409, 502, 503, 504})
"""409: a web server died while it answered; its key is free again when `Retry-After` says."""

MOST_TRIES: Final = 120


@dataclass(frozen=True, slots=True)
class Rest:
    """A client with a token."""

    address: str
    token: str
    repeated: list[str] = field(default_factory=list)
    """Why requests were sent again, one entry for each."""

    def submit(self, slug: str, learner: str, answers: Mapping[str, object]) -> str:
        """Hand answers in and return the submission's path."""
        body = {"exercise": slug, "learner_ref": learner, "answers": answers}
        return str(self._ask("/api/v1/submissions", body, str(uuid4()))["id"])

    def outcome(self, submission: str) -> dict[str, Any]:
        """Return a submission, once it is graded or half a minute has gone by."""
        return self._ask(f"/api/v1/submissions/{submission}")

    def _ask(self, path: str, body: object = None, key: str | None = None) -> dict[str, Any]:
        """Ask as a client should: again, with the same key, while no server answers."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Prefer": "wait=30"} if key is None else {"Idempotency-Key": key}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.address + path, data, headers)  # noqa: S310 - an http address of our own
        for _ in range(MOST_TRIES):
            pause = 0.5
            try:
                return _answer(request)
            except HTTPError as error:
                if error.code not in AGAIN:
                    raise
                self.repeated.append(f"{path} {error.code}")
                pause = float(error.headers.get("Retry-After", pause))
                error.close()
            except (URLError, http.client.HTTPException, ConnectionError) as error:
                self.repeated.append(f"{path} {error}")
            time.sleep(pause)
        raise AssertionError(f"{path} was not answered: {self.repeated[-3:]}")


def _answer(request: Request) -> dict[str, Any]:
    with urlopen(request, timeout=60) as response:  # noqa: S310 - an http address of our own
        answer: dict[str, Any] = json.load(response)
    return answer

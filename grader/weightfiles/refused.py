"""The one family of errors that reading a file of weights raises."""

from grader.messages.message import Message


class RefusedFile(ValueError):
    """A file cannot be used; `detail` says why, in a sentence for the person who sent it."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail

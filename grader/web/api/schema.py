from pydantic import BaseModel, ConfigDict


class Incoming(BaseModel):
    """What a client sends: nothing is guessed, nothing unknown is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(BaseModel):
    """What a client asks for in the query; its values are text by nature."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outgoing(BaseModel):
    """What a client receives."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

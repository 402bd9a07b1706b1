"""What the whole team shares."""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Team(SQLModel, table=True):
    """What the whole team agreed on; one row, made when something is changed."""

    id: int = Field(default=1, primary_key=True)
    block_tags: list[str] = Field(default_factory=list, sa_type=JSON)
    prefer_tags: list[str] = Field(default_factory=list, sa_type=JSON)


class GuideVote(SQLModel, table=True):
    """How many found a guide helpful; not who."""

    __tablename__ = "guide_vote"

    guide: str = Field(primary_key=True, max_length=100)
    yes: int = 0
    no: int = 0

"""What an error of the database says in five letters, and whose it is."""

from sqlalchemy.exc import DBAPIError


def sqlstate_of(error: BaseException) -> str | None:
    """What the database or its driver said, where it said one."""
    state: str | None = getattr(cause_of(error), "sqlstate", None)
    return state


def cause_of(error: BaseException) -> BaseException:
    """What the driver said, without what SQLAlchemy wraps around it."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig

"""Walls within an organisation, and between those of which one reads a case of the other."""

from alembic import op

_OURS = "(SELECT wayhome_service()) OR organisation_id = (SELECT wayhome_organisation())"


def keep_apart(table: str, person: str = "returnee_id") -> None:
    """For a table whose rows an organisation sees: those about a person are not there for staff
    who must not see that person. `person` names the column; rows where it is empty stay.
    """
    op.execute(
        f'CREATE POLICY conflict ON "{table}" AS RESTRICTIVE TO wayhome_app'
        f" USING ({person} IS NULL"
        f" OR {person} <> ALL (CAST((SELECT wayhome_unseen(wayhome_staff())) AS uuid[])))"
    )


def keep_to_itself(table: str) -> None:
    """What hangs on a case that another organisation may read is not there for that one."""
    op.execute(f'CREATE POLICY own ON "{table}" AS RESTRICTIVE TO wayhome_app USING ({_OURS})')


def only_read_elsewhere(table: str) -> None:
    """What another organisation may read it can't change."""
    for command, what in (
        ("INSERT", "WITH CHECK"),
        ("UPDATE", "USING"),
        ("DELETE", "USING"),
    ):
        op.execute(
            f'CREATE POLICY own_{command.lower()} ON "{table}" AS RESTRICTIVE FOR {command}'
            f" TO wayhome_app {what} ({_OURS})"
        )

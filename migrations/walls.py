"""Walls within an organisation."""

from alembic import op


def keep_apart(table: str, person: str = "returnee_id") -> None:
    """For a table whose rows an organisation sees: those about a person are not there for staff
    who must not see that person. `person` names the column; rows where it is empty stay.
    """
    op.execute(
        f'CREATE POLICY conflict ON "{table}" AS RESTRICTIVE TO wayhome_app'
        f" USING ({person} IS NULL"
        f" OR {person} <> ALL (CAST((SELECT wayhome_unseen(wayhome_staff())) AS uuid[])))"
    )

"""What an error of the database means to an operator, in one sentence without a secret."""

from ssl import SSLCertVerificationError

from asyncpg.exceptions import ClientConfigurationError, TargetServerAttributeNotMatched

from storage.away import ONLY_READS
from storage.sqlstates import cause_of, sqlstate_of

# Of the driver, which does not even ask: a number with too many digits, half a letter.
_NO_VALUE = "22000"
_THERE_ALREADY = "23505"
# By SQLSTATE, or the class of them that it begins with.
_SENTENCES = {
    "28": "The database does not let in the user of WAYHOME_DATABASE_URL with that password.",
    "3D": "There is no database of the name in WAYHOME_DATABASE_URL.",
    "42501": "The database refused: this needs the address that '{command}' has"
    " (WAYHOME_DATABASE_URL).",
    _NO_VALUE: "What was typed holds a number or letters that the database can't take.",
    # What was there before is refused in a sentence of its own.
    _THERE_ALREADY: "Somebody else did the same at this moment: see what became of it, then try"
    " again.",
    # Only our own role is named by a parameter that it does not take.
    "22023": "The database lacks the roles of Wayhome: run deploy/roles.sql.",
    ONLY_READS: "The database only reads: WAYHOME_DATABASE_URL must lead to the server that can be"
    " written to, not to a standby, or to whoever led before.",
    "53100": "The database's disk is full.",
    "55P03": "Somebody else holds what this needs of the database: try again later.",
    "08": "The database can't be reached: does it run, and is WAYHOME_DATABASE_URL right?",
    "53300": "The database can't be reached: it has no connection left.",
    "53": "The database can't be reached: it has not enough of something, such as memory.",
    "57014": "The database broke this off, since it took too long: try again later.",
    "57": "The database can't be reached: it starts or stops.",
}
_AWAY = "08000"
_FULL = ("53100", "53400")
_LASTING = ("28", "3D", "42501", "22023")


def sentence_of(error: BaseException, command: str) -> str:
    """Of one of AWAY; `command` is the one that has the right address."""
    if _asks_for_too_much(error):
        return (
            "WAYHOME_DATABASE_URL asks for what can't be had here, such as sslmode=verify-full"
            " without the authority that signed the database's certificate (PGSSLROOTCERT)."
        )
    if _is_a_poolers(error):
        return (
            "A pooler stands before the database and refuses what our connections begin with: let"
            " WAYHOME_DATABASE_URL lead straight to PostgreSQL."
        )
    state = _state_of(error)
    fitting = (each for begins, each in _SENTENCES.items() if state.startswith(begins))
    otherwise = f"The database refused ({type(cause_of(error)).__name__})."
    return next(fitting, otherwise).format(command=command)


def is_lasting(error: BaseException) -> bool:
    """Whether no waiting mends it, as that the password or the name is wrong.

    Whoever starts, fails over or has no connection left for us does not say such things.
    """
    if _asks_for_too_much(error) or _is_a_poolers(error):
        return True
    return _state_of(error).startswith(_LASTING)


def is_full(error: BaseException) -> bool:
    """Whether there is no room left on its disk, or of what may be used of it."""
    return _state_of(error).startswith(_FULL)


def only_reads(error: BaseException) -> bool:
    """Whether it came to a server that can't be written to, or found no other one."""
    return _state_of(error) == ONLY_READS


def is_about_a_value(error: BaseException) -> bool:
    """Whether something that was typed can't be sent to a database at all."""
    return sqlstate_of(error) == _NO_VALUE


def is_second(error: BaseException) -> bool:
    """Whether somebody else made the same at this moment, and was first."""
    return sqlstate_of(error) == _THERE_ALREADY


def _asks_for_too_much(error: BaseException) -> bool:
    return isinstance(cause_of(error), ClientConfigurationError | SSLCertVerificationError)


def _is_a_poolers(error: BaseException) -> bool:
    """PgBouncer says 08P01 of everything, also that the server behind it is away."""
    said = str(cause_of(error))
    return sqlstate_of(error) == "08P01" and said.startswith("unsupported startup parameter")


def _state_of(error: BaseException) -> str:
    if isinstance(cause_of(error), TargetServerAttributeNotMatched):
        return ONLY_READS
    return sqlstate_of(error) or _AWAY

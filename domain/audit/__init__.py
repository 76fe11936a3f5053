from domain.audit.ledger import done_by, record

__all__ = ["done_by", "record"]

from domain.audit.ledger import case_read_by, done_by, record

__all__ = ["case_read_by", "done_by", "record"]

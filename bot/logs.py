"""Logs: one JSON object a line, keyed by action. Codes and counts, never words or ids (P8)."""

import logging
import sys

import structlog


def set_up_logs(level: int = logging.INFO) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    # Libraries may put a token, a parameter or a person's words into a line of theirs.
    logging.disable(logging.CRITICAL)

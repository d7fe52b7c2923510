"""The one warning in the life of a process."""

from __future__ import annotations

import logging

logger = logging.getLogger("weave_sidecar")

# No lock: whoever holds one may be a thread of the parent, or a signal handler may raise before it is free.
_first = iter([logging.WARNING])


def warn_once(message: str, *args: object) -> None:
    """Log a warning the first time; afterwards the same goes to the debug level."""
    logger.log(next(_first, logging.DEBUG), message, *args)

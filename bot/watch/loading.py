"""The watch in a process that does little else."""

import gc

from domain.distress import Watch


def load_to_stay() -> Watch:
    """What is loaded lives as long as the process: to look through it for garbage, while it is
    loaded and ever after, is a quarter of the time that it takes.
    """
    gc.disable()
    watch = Watch.load()
    gc.collect()
    gc.freeze()
    gc.enable()
    return watch

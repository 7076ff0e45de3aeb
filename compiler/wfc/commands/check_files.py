"""What is known of the files of a project, kept for the next run: `wfc.incremental.Known` as an entry of check_cache.

Resolved flows are pickled, one pickle a file, because reading one takes a thirtieth of parsing and resolving its text
(docs/benchmarks.md). Pickles can name anything that can be imported, so only values of the compiler are taken from one.
"""

from __future__ import annotations

import io
import pickle

from wfc import diagnostic, incremental, ir, source, types
from wfc.commands.check_cache import FILES, read_entry, write_entry
from wfc.incremental import NOTHING, Kept, Known
from wfc.record import Record

CLASSES = {
    (one.__module__, one.__name__): one
    for module in (diagnostic, incremental, ir, source, types)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, Record)
}
"""What an entry may hold."""


class Reader(pickle.Unpickler):
    """Reads records of CLASSES, and nothing else."""

    def find_class(self, module: str, name: str) -> type[Record]:
        """The class of a record. Raises UnpicklingError for anything else."""
        found = CLASSES.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no value of the compiler")
        return found


def read(name: str) -> tuple[Known, dict[str, bytes]]:
    """The entry of that name, and the pickle of each of its files; NOTHING when there is none or it is damaged."""
    match read_entry(name + FILES):
        case (str() as definitions, dict() as pickles):
            try:
                files = {path: Reader(io.BytesIO(data)).load() for path, data in pickles.items()}
            except (pickle.UnpicklingError, EOFError, TypeError, ValueError, LookupError, AttributeError):
                return NOTHING, {}
            if all(isinstance(one, Kept) for one in files.values()):
                return Known(definitions, files), pickles
        case _:
            pass
    return NOTHING, {}


def write(name: str, known: Known, before: Known, pickles: dict[str, bytes]) -> None:
    """Keep what is known now. before, pickles: as `read` gave them; what is the same is not pickled again."""
    kept = {
        path: pickles[path] if before.files.get(path) is one else pickle.dumps(one, pickle.HIGHEST_PROTOCOL)
        for path, one in known.files.items()
    }
    write_entry(name + FILES, (known.definitions, kept))

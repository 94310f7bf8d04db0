"""The processes of a program, as Linux shows them."""

from __future__ import annotations

from pathlib import Path

_PROCESSES = Path("/proc")


def executables(root: int) -> set[str]:
    """Return the names of the files that a process and its descendants execute, such as `node`.

    Empty where the system does not show it, as outside Linux.
    """
    children: dict[int, list[int]] = {}
    for folder in _PROCESSES.glob("[0-9]*"):
        try:
            # Behind the name, in parentheses, come the state and the parent.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    names, waiting = set(), [root]
    while waiting:
        process = waiting.pop()
        waiting += children.get(process, ())
        try:
            names.add((_PROCESSES / str(process) / "exe").readlink().name)
        except OSError:
            continue
    return names

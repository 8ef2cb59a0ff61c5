"""Executes the notebooks from top to bottom and stores their outputs: `python notebooks/run.py`, or with the names of some.

What differs between machines (the version of Python, times, addresses of objects) is left out, so that a stored notebook only changes
where its outcome does. Needs the extra `notebook`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).parent
KERNEL = "triage"
SECONDS_A_CELL = 600


def execute(path: Path) -> None:
    """Execute one notebook in its own folder, with the Python that runs this, and write it back with its outputs.

    Raises:
        CellExecutionError: naming the cell that failed; the file is then left as it was.
    """
    notebook: Any = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:  # a kernel for this run only; nothing is installed or read from the user's own
        kernels, own = Path(folder, "kernels"), {"IPYTHONDIR": f"{folder}/ipython", "JUPYTER_RUNTIME_DIR": f"{folder}/runtime"}
        (kernels / KERNEL).mkdir(parents=True)
        start = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        spec = {"argv": start, "display_name": KERNEL, "language": "python"}
        (kernels / KERNEL / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        manager = AsyncKernelManager(
            kernel_name=KERNEL,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels)], allowed_kernelspecs=set(), ensure_native_kernel=False),
            connection_file=f"{folder}/connection.json",
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS_A_CELL,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.execute(env={**os.environ, **own})
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def main() -> None:
    """Execute the notebooks that the command line names, or all."""
    for path in [Path(name) for name in sys.argv[1:]] or sorted(HERE.glob("*.ipynb")):
        try:
            execute(path)
        except CellExecutionError as error:
            sys.exit(f"{path.name}: {error}")
        print(path.name)


if __name__ == "__main__":
    main()

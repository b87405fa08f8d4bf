"""Runs the Python blocks of a document in order, in one process, and prints what became of each.

A block that imports a library that this machine lacks is skipped, if its name is an argument.
Usage: run_blocks.py DOCUMENT OPTIONAL_LIBRARY...
"""
import importlib.util
import re
import sys
import traceback

document, optional = sys.argv[1], sys.argv[2:]
blocks = re.findall(r"^```python\n(.*?)^```$", open(document, encoding="utf-8").read(), re.MULTILINE | re.DOTALL)
scope = {"__name__": "__main__"}
for number, block in enumerate(blocks, 1):
    imported = re.findall(r"^(?:import|from) (\w+)", block, re.MULTILINE)
    missing = [name for name in imported if name in optional and importlib.util.find_spec(name) is None]
    if missing:
        print(f"[block {number}] skipped: no library {', '.join(missing)}", flush=True)
        continue
    try:
        exec(compile(block, f"{document}, block {number}", "exec"), scope)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        print(f"[block {number}] failed", flush=True)
        sys.exit(1)
    print(f"[block {number}] ran", flush=True)

"""How deep the imports go and how much code lies where: ``python tests/import_chains.py``."""

import sys
from collections import Counter
from functools import cache

from import_reader import MODULES, ROOT, imports_at_start

MOST = {  # links that a chain from these may have
    "embeddings.__main__": 11,
    "zoo.__main__": 10,
    "demo.page": 10,
    "zoo.style.fast": 6,
    "zoo.superres.upscale": 6,
    "zoo.encoder.encode": 6,
    "embeddings.naming.classifier": 6,
}
COMMANDS = {"embeddings.__main__": "embeddings.cli", "zoo.__main__": "zoo.cli"}  # named in a table, imported when run


@cache
def chain(name: str) -> tuple[str, ...]:
    """The longest chain of imports that importing a module sets off, among the project's own, packages left out."""
    below = {found for found in imports_at_start(name) & MODULES.keys() if MODULES[found].name != "__init__.py"}
    if name in COMMANDS:
        below |= {found for found in MODULES if found.startswith(COMMANDS[name] + ".")}
    return (name, *max((chain(found) for found in sorted(below)), key=len, default=()))


def lines_by_folder() -> Counter[str]:
    """Lines of Python that are not blank, by the folder they lie in, tests and docs as well."""
    counted: Counter[str] = Counter()
    for path in (*MODULES.values(), *ROOT.glob("tests/**/*.py"), *ROOT.glob("docs/**/*.py")):
        folder = path.parent.relative_to(ROOT).as_posix()
        counted[folder] += sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
    return counted


def main() -> None:
    """Print the chains, longest import first, and the lines."""
    for start, most in MOST.items():
        sys.stdout.write(f"{len(chain(start)):3} of {most:2}  {' > '.join(chain(start))}\n")
    sys.stdout.write("\n")
    for folder, count in sorted(lines_by_folder().items()):
        sys.stdout.write(f"{count:6}  {folder}\n")


if __name__ == "__main__":
    main()

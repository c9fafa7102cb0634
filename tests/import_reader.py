"""What the project's modules import, read from their text: the arrows of tests/test_imports.py and the chains."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSES = ("app", "iris", "demo", "embeddings", "zoo")


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = [path for house in HOUSES for path in (*ROOT.glob(f"{house}.py"), *ROOT.glob(f"{house}/**/*.py"))]
MODULES = {_name(path): path for path in sorted(FILES)}


@cache
def imports(name: str) -> frozenset[str]:
    """All modules that a module imports, at its top or inside its functions, by absolute name."""
    return frozenset(_imported(ast.walk(_tree(name)), name))


@cache
def imports_at_start(name: str) -> frozenset[str]:
    """What a module imports when it is imported itself, the packages that it lies in as well."""
    parts = name.split(".")
    packages = {".".join(parts[:length]) for length in range(1, len(parts))}
    return frozenset(_imported(_at_start(_tree(name)), name)) | packages


def reached(name: str) -> set[str]:
    """Everything that is imported, directly or through others, when a module is imported."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = imports_at_start(waiting.pop()) - found
        found |= new
        waiting += [each for each in new if each in MODULES]
    return found


def _tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def _at_start(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run with the module: neither inside functions nor under TYPE_CHECKING."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        waiting += ast.iter_child_nodes(node)


def _imported(nodes: Iterator[ast.AST], name: str) -> Iterator[str]:
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            base = ".".join(part for part in (parent, node.module) if part)
            names = [f"{base}.{alias.name}" for alias in node.names]
            yield from (found if found in MODULES else base for found in names)

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Every public symbol has a description, and files that are named exist: documented.py SOURCE_FOLDER

Looks at the headers of include/spectrohue and at the Python package. Of a header these are its types, aliases,
constants, functions and public methods; the comment stands above them or behind them in the line. Functions of one
name, and the functions *_from_string, may share one, if no blank line is between them. Fields and enumerators are not
looked at, nor what every owner and every container has. Reads clang-format's layout, not any C++.

The files are those of CONTRIBUTING.md and docs/architecture.md, where host/ and the like may be left out; words in
capitals stand for any.
"""
import ast
import fnmatch
import pathlib
import re
import sys

GUIDES = ("CONTRIBUTING.md", "docs/architecture.md")
FOLDERS = ("bench", "cmake", "deploy", "docs", "docker", "host", "include", "kernels", "python", "tests", "tools")
SHORT_FOR = ("", "host/", "kernels/", "tests/")

OF_ALL_CONTAINERS = {"begin", "data", "empty", "end", "size", "span", "swap"}
TYPE = re.compile(r"^(?:template <.*?> )?(?:typedef )?(class|struct|enum class|enum) (?:\[\[.*?\]\] )?(\w+)")
ALIAS = re.compile(r"^(?:using (\w+) =|typedef .*?\(\*(\w+)\)|typedef \w+ \w+ (\w+);)")
FUNCTION = re.compile(r"(~?\w+|operator\S+)\(")
CONSTANT = re.compile(r"\bconstexpr\b.*?(\w+) =")


def without_comments(line):
    return re.sub(r"/\*.*?\*/|//.*", "", line).strip()


class Header:
    """Walks through a header statement by statement."""

    def __init__(self, path):
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.is_c = 'extern "C"' in "\n".join(self.lines)
        self.missing = []
        self.n_symbols = 0
        self.family = None  # what the comment above may also be about
        self.at = 0

    def walk(self):
        while self.at < len(self.lines):
            self.scope("", True)
        return self.missing

    def scope(self, owner, is_public):
        """Statements up to the brace that closes the scope of a type, a namespace or the file."""
        comment = False
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            code = without_comments(line)
            if line.startswith("/*"):
                comment = self.skip_block_comment()
                continue
            self.at += 1
            if not code:
                is_doc = line.startswith("///")
                comment = is_doc or (comment and line.startswith("//"))
                if not line:
                    self.family = None
                continue
            if code.startswith("#"):
                continue
            if re.match(r"(public|private|protected):", code):
                is_public = code.startswith("public")
                continue
            if code.startswith("}"):
                return
            self.statement(code, line, owner, is_public, comment)
            comment = False

    def skip_block_comment(self):
        """True if it is about what follows; headings (/* --- ...) are not."""
        is_heading = self.lines[self.at].strip().startswith("/* ---")
        while "*/" not in self.lines[self.at]:
            self.at += 1
        self.at += 1
        return self.is_c and not is_heading

    def statement(self, code, line, owner, is_public, comment):
        number = self.at
        comment = comment or "///<" in line
        while not re.search(r"[;{}]$", code) and self.at < len(self.lines):
            comment = comment or "///<" in self.lines[self.at]
            code += " " + without_comments(self.lines[self.at])
            self.at += 1
        if re.match(r"(inline )?namespace\b|extern \"C\"", code):
            self.scope("" if "detail" not in code else "detail", "detail" not in code)
            return
        kind = TYPE.match(code)
        if kind and "{" in code:
            self.need(kind[2], owner, is_public, comment, number)
            if "enum" in kind[1] or self.is_c or code.endswith(";"):
                self.skip_braces(code)
            else:
                self.scope(kind[2], is_public and "class" not in kind[1])
            return
        if code.count("{") > code.count("}"):
            self.skip_braces(code)
        alias = ALIAS.match(code)
        if alias:
            self.need(next(filter(None, alias.groups())), owner, is_public, comment, number)
        elif kind:  # a declaration of what is defined elsewhere
            return
        elif "static_assert" not in code and (function := FUNCTION.search(re.sub(r"<[^<>]*>|= .*", "", code))):
            self.need_function(function[1], owner, is_public, comment, number)
        elif constant := CONSTANT.search(code):
            self.need(constant[1], owner, is_public, comment, number)

    def need_function(self, name, owner, is_public, comment, number):
        of_every_owner = name.lstrip("~") == owner or name.startswith("operator") or name in OF_ALL_CONTAINERS
        if of_every_owner or (self.is_c and name.endswith("_free")):
            return
        family = "_from_string" if name.endswith("_from_string") else name
        if comment:
            self.family = family
        self.need(name, owner, is_public, comment or family == self.family, number)

    def need(self, name, owner, is_public, comment, number):
        if not is_public:
            return
        self.n_symbols += 1
        if not comment:
            self.missing.append(f"{self.path}:{number}: {owner + '::' if owner else ''}{name}")

    def skip_braces(self, code):
        depth = code.count("{") - code.count("}")
        while depth > 0:
            text = without_comments(self.lines[self.at])
            depth += text.count("{") - text.count("}")
            self.at += 1


def python_symbols(path):
    """(where, whether it has a docstring) of the module, and of its public functions, classes and methods."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    yield f"{path}:1: the module", ast.get_docstring(module)
    nodes = [("", node) for node in module.body]
    for owner, node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        yield f"{path}:{node.lineno}: {owner}{node.name}", ast.get_docstring(node)
        if isinstance(node, ast.ClassDef):
            nodes += [(f"{node.name}.", inner) for inner in node.body]


def all_paths(root):
    """Files and folders of the source, relative to it, without what is not committed."""
    paths = [path for path in root.iterdir() if path.is_file()]
    for folder in FOLDERS:
        paths += [root / folder, *(root / folder).rglob("*")]
    return [path.relative_to(root).as_posix() for path in paths]


def unknown_paths(guide, root, paths):
    """What stands between back quotes in a guide, looks like a path, and is none."""
    for number, line in enumerate((root / guide).read_text(encoding="utf-8").splitlines(), 1):
        for word in re.findall(r"`([\w.*/-]+)`", line):
            is_path = "/" in word.strip("/") or re.search(r"\.(\*|h|cpp|cu|js|json|md|py|cmake)$", word)
            is_example = re.search(r"\b[A-Z]{4,}", pathlib.PurePath(word).stem) or word.startswith(("./", "build/"))
            if not is_path or is_example:
                continue
            wanted = [short + word.strip("/") for short in SHORT_FOR] if "/" in word else ["*/" + word, word]
            wanted += [path + ".*" for path in wanted]
            if not any(fnmatch.fnmatch(path, pattern) for path in paths for pattern in wanted):
                yield f"{guide}:{number}: {word}"


def main(root):
    missing = []
    n_symbols = 0
    for path in sorted((root / "include" / "spectrohue").glob("*.h")):
        header = Header(path)
        missing += header.walk()
        n_symbols += header.n_symbols
    for path in sorted((root / "python" / "spectrohue").glob("*.py")):
        for where, text in python_symbols(path):
            n_symbols += 1
            missing += [] if text else [where]
    for where in missing:
        print(f"{where} has no description")
    print(f"{n_symbols} public symbols, {len(missing)} of them without a description")
    paths = all_paths(root)
    unknown = [where for guide in GUIDES for where in unknown_paths(guide, root, paths)]
    for where in unknown:
        print(f"{where} is not there")
    return 1 if missing or unknown or n_symbols < 200 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

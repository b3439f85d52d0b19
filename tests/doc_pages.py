"""Pages of documentation as sessions at a terminal: their commands, run in order, beside the output they promise.

A page is written as a reader takes it: ```sh is run, ```diff is a change to the code, ```text is what the commands
before it print. In a promise, … stands for anything in a line, a line of … for any lines, and a date for any
date. Comments tell the rest:

<!-- not run: REASON -->     the next block is not run
<!-- exits 2 -->            the next block ends with this code
<!-- serve FILE -->         a server of FILE runs from here on, as the reader's own
<!-- stop the server -->    it ends here
<!-- a copy of the code --> the page changes the code: it works in a copy
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

ROOT = Path(__file__).parents[1]
PARTS = re.compile(r"^<!-- (?P<comment>.*?) -->$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = ("geo", "webmap", "tests", "pyproject.toml")  # what a page that changes the code works on
NOT_CODE = ("node_modules", ".mypy_cache", ".pytest_cache")
DATE = r"20\d\d-\d\d-\d\d"
DOC_PORTS = ("8000", "8001")  # the ports that pages name


@dataclass(frozen=True)
class Block:
    """One thing that a page has its reader do: commands, a change of the code, or to start or stop a server."""

    kind: str  # sh, diff, serve, stop
    text: str
    line: int
    promised: str | None = None
    code: int = 0


@dataclass(frozen=True)
class DocPage:
    """A page of documentation, and what it has its reader do."""

    path: Path

    @property
    def text(self) -> str:
        """The page as it is written."""
        return self.path.read_text("utf-8")

    @property
    def changes_code(self) -> bool:
        """Whether the page works on the code itself."""
        return "<!-- a copy of the code -->" in self.text

    def blocks(self) -> list[Block]:
        """List what is run, in the page's order; a promised output belongs to the commands before it."""
        found: list[Block] = []
        comment, is_left_out = "", False
        for part in PARTS.finditer(self.text):
            line = self.text[: part.start()].count("\n") + 1
            if part["comment"] is not None:
                comment = part["comment"]
                if comment.startswith("serve ") or comment == "stop the server":
                    found.append(Block(comment.split()[0], comment.partition(" ")[2], line))
            elif part["kind"] in ("sh", "diff"):
                is_left_out = comment.startswith("not run: ")
                if not is_left_out:
                    code = int(comment.removeprefix("exits ")) if comment.startswith("exits ") else 0
                    found.append(Block(part["kind"], part["text"], line, None, code))
                comment = ""
            elif part["kind"] == "text" and found and not is_left_out:
                found[-1] = Block(found[-1].kind, found[-1].text, found[-1].line, part["text"], found[-1].code)
        return found


@dataclass
class Session:
    """A terminal in a folder of its own: each block sees the folder and the variables that the last one left."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, str] = field(default_factory=lambda: {port: free_port() for port in DOC_PORTS})
    server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        (self.folder / ".state").write_text("")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder / ".venv", ignore_errors=True)  # which is large, and only a copy

    def run(self, block: Block) -> tuple[int, str]:
        """Do what a block says. Returns its exit code and all that it printed."""
        if block.kind == "stop":
            self.stop()
            return 0, ""
        if block.kind == "diff":
            apply_diff(block.text, self.folder)
            return 0, ""
        if block.kind == "serve":
            return self.serve(f"lotleaf serve -w {block.text}")
        commands, serve, words = block.text.partition("lotleaf serve")  # which is the last command of its block
        code, output = self.run_commands(commands)
        if serve and not code:
            return self.serve(f"{serve}{words}".strip())
        return code, output

    def run_commands(self, commands: str) -> tuple[int, str]:
        """Run commands to their end, or to the first that fails."""
        save = f'trap \'code=$?; {{ export -p; printf "cd %q\\n" "$PWD"; }} > {self._state}; exit $code\' EXIT'
        process = self._bash(f"{save}\nset -eo pipefail\n{self._own_ports(commands)}", subprocess.PIPE)
        try:
            output, _ = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, self._doc_ports(output.decode("utf-8"))

    def serve(self, command: str) -> tuple[int, str]:
        """Start a server, wait until it answers, and return what it has said. An earlier one ends."""
        self.stop()
        named_port = re.search(r"--port (\d+)", command)
        port = self.ports[named_port[1] if named_port else DOC_PORTS[0]]
        log = self.folder / ".server"
        with log.open("wb") as output:
            self.server = self._bash(f"exec {re.sub(r'--port [0-9]+', '', command)} --port {port}", output)
        for _ in range(300):
            if self.server.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                lines = log.read_text("utf-8").splitlines(keepends=True)
                return 0, self._doc_ports("".join(line for line in lines if not line.startswith("{")))
        return 1, log.read_text("utf-8")

    def stop(self) -> None:
        """End the server, if there is one."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=20)
            self.server = None

    @property
    def _state(self) -> str:
        return shlex.quote(str(self.folder / ".state"))

    def _bash(self, script: str, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", f"source {self._state}\n{script}"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def _own_ports(self, text: str) -> str:
        for port, own_port in self.ports.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{own_port}")
        return text

    def _doc_ports(self, text: str) -> str:
        for port, own_port in self.ports.items():
            text = text.replace(f"127.0.0.1:{own_port}", f"127.0.0.1:{port}")
        return text


def apply_diff(diff: str, folder: Path) -> None:
    """Change files as a diff says. What a hunk takes for granted must stand in the file, once."""
    path = folder
    for part in re.split(r"^(?=--- |@@)", diff, flags=re.MULTILINE):
        if part.startswith("--- "):
            path = folder / part.splitlines()[1].removeprefix("+++ b/")
        elif part.startswith("@@"):
            lines = part.splitlines(keepends=True)[1:]
            before, after = ("".join(line[1:] for line in lines if line[0] != sign) for sign in "+-")
            text = path.read_text("utf-8")
            assert text.count(before) == 1, f"{path}: not once in it: {before}"
            path.write_text(text.replace(before, after), "utf-8")


def free_port() -> str:
    """Find a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def open_session(page: DocPage, folder: Path, sample: Path, lotleaf: Path) -> Session:
    """Lay out what a reader of the page has before him: the checkout's data, the sample loaded, the page's own files."""
    (folder / "data").symlink_to(ROOT / "data")
    if "build/demo.gpkg" in page.text:
        (folder / "build").mkdir()
        shutil.copy(sample, folder / "build" / "demo.gpkg")
    own_files = ROOT / "tests" / "docs_data" / page.path.relative_to(ROOT).with_suffix("")
    if own_files.is_dir():
        shutil.copytree(own_files, folder, dirs_exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOTLEAF_")}
    environment |= {"HOME": str(folder), "COLUMNS": "100", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = os.pathsep.join([str(lotleaf.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    if page.changes_code:
        copy_code(folder)
        environment["PATH"] = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return Session(folder, environment)


def copy_code(folder: Path) -> None:
    """Copy the code, compiled kernels too, with a Python of its own: the sandbox reads nothing outside of both."""
    for name in CODE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*NOT_CODE))
        else:
            shutil.copy2(source, folder / name)
    python = folder / ".venv"
    shutil.copytree(sys.prefix, python, symlinks=True, copy_function=os.link)  # linked files are written anew, below
    for path in python.glob("lib/python*/site-packages/*.pth"):
        if set(path.read_text("utf-8").split("\n")) <= {str(ROOT), ""}:
            write_anew(path, str(folder))
    command = "import sys\nfrom webmap.cli.main import main\nsys.exit(main())\n"
    write_anew(python / "bin" / "lotleaf", f"#!{python / 'bin' / 'python'}\n{command}")


def write_anew(path: Path, text: str) -> None:
    """Write a file that may be a link to another's."""
    path.unlink()
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def differences(promised: str, output: str) -> str | None:
    """Tell where an output is not what was promised, or None.

    >>> differences("joined as of …: 3 municipalities\\n", "joined as of 2026-11-30: 3 municipalities\\n")
    >>> differences("…\\nb\\n", "a\\na\\nb\\n")
    >>> differences("a\\n", "b\\n")
    "promised 'a', printed 'b'"
    """
    wanted, printed = visible_lines(promised), visible_lines(output)
    return next(_line_differences(wanted, printed), None)


def visible_lines(text: str) -> list[str]:
    """Split a text into lines, without the blanks behind them and without the empty lines around all."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def line_pattern(line: str) -> re.Pattern[str]:
    """Compile what a promised line may be printed as."""
    parts = re.split(f"(…|{DATE})", line)
    return re.compile(
        "".join(".*" if part == "…" else DATE if re.fullmatch(DATE, part) else re.escape(part) for part in parts)
    )


def _line_differences(wanted: list[str], printed: list[str]) -> Iterator[str]:
    position = 0
    is_skipping = False
    for line in wanted:
        if line == "…":
            is_skipping = True
            continue
        pattern = line_pattern(line)
        rest = range(position, len(printed)) if is_skipping else range(position, min(position + 1, len(printed)))
        found = next((index for index in rest if pattern.fullmatch(printed[index])), None)
        if found is None:
            yield f"promised {line!r}, printed {printed[position] if position < len(printed) else 'nothing more'!r}"
            return
        position, is_skipping = found + 1, False
    if position < len(printed) and not is_skipping:
        yield f"promised nothing more, printed {printed[position]!r}"

"""The child's walls: what the process that opens a stranger's file can no longer do.

Limits on processor time, memory and file size hold everywhere. On Linux the kernel also takes away
every file outside the working folder and the installed software (Landlock, 5.13 and later) and the
making of sockets (seccomp); where a kernel has neither, the driver allow-list and an audit hook
are what remains, and `confine` says so.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

import geo

FILE_LIMIT = 16 * 2**30  # bytes that one file written by the child may have

# Linux numbers these calls alike on every machine: landlock_create_ruleset, _add_rule, _restrict_self.
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ = 0b1100  # read a file, read a directory
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
# machine: (AUDIT_ARCH, seccomp, forbidden: socket, socketpair, io_uring_setup, ptrace, execve, execveat)
MACHINES = {
    "x86_64": (0xC000003E, 317, (41, 53, 425, 101, 59, 322)),
    "aarch64": (0xC00000B7, 277, (198, 199, 425, 117, 221, 281)),
}


def limit(*, seconds: int, memory_mb: int) -> None:
    """Bound the processor time, the memory and the size of files; leave no core behind."""
    _cap(resource.RLIMIT_CPU, seconds)
    _cap(resource.RLIMIT_AS, memory_mb * 2**20)
    _cap(resource.RLIMIT_FSIZE, FILE_LIMIT)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, 512)


def confine(folder: Path) -> list[str]:
    """Shut the process into `folder` for good; returns the walls that this machine could build."""
    sys.addaudithook(_no_sockets)
    libc = ctypes.CDLL(None, use_errno=True)
    walls = ["drivers", "limits", "audit"]
    if sys.platform.startswith("linux"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # who asked is gone: so are we
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _landlock(libc, folder):
            walls.append("landlock")
        if _seccomp(libc):
            walls.append("seccomp")
    return walls


def _cap(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (most, most))


def _no_sockets(event: str, _args: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
        raise PermissionError(f"{event}: not while reading a file")


def _software() -> Iterable[Path]:
    """Name the folders that Python and its libraries load themselves from."""
    yield from (Path(sys.prefix), Path(sys.base_prefix), Path(geo.__file__).parent)
    yield from map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo"))
    yield from map(Path, ("/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/proc/cpuinfo"))
    yield from map(Path, ("/sys/devices/system/cpu", "/etc/mime.types"))  # pyogrio asks mimetypes


def _landlock(libc: ctypes.CDLL, folder: Path) -> bool:
    version = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << (13, 14, 15)[min(version, 3) - 1]) - 1
    attributes = struct.pack("Q", handled)
    rules = libc.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    for path in _software():
        _allow(libc, rules, path, READ)
    _allow(libc, rules, folder, handled & ~1)
    done: int = libc.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)
    return done == 0


def _allow(libc: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    """Allow what lies beneath `path`; a path that is absent needs no leave."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        leave = access if path.is_dir() else access & READ & ~0b1000
        libc.syscall(LANDLOCK_ADD, rules, 1, struct.pack("=Qi", leave, handle), 0)
    finally:
        os.close(handle)


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Forbid the calls that make sockets or start programs, in every thread."""
    if platform.machine() not in MACHINES:
        return False
    arch, number, forbidden = MACHINES[platform.machine()]
    count = len(forbidden)
    program = [
        struct.pack("HBBI", 0x20, 0, 0, 4),  # load the architecture
        struct.pack("HBBI", 0x15, 0, count + 2, arch),  # another one: forbid
        struct.pack("HBBI", 0x20, 0, 0, 0),  # load the call's number
        *(struct.pack("HBBI", 0x15, count - at, 0, nr) for at, nr in enumerate(forbidden)),
        struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000),  # allow
        struct.pack("HBBI", 0x06, 0, 0, 0x00050001),  # forbid: EPERM
    ]
    code = ctypes.create_string_buffer(b"".join(program))
    filters = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    done: int = libc.syscall(number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, filters)
    return done == 0

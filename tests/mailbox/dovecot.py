"""A real IMAP server (Dovecot 2.3) of a test's own: on loopback, its own ports, user, certificate and folder.

It runs as root (then mail belongs to `nobody`) and as anybody else.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imap_tools import MailBox, MailMessageFlags

from tests.mailbox.ports import free_port

USER = "bureau@cabinet.test"
PASSWORD = "Zé secret;très-long 4711"  # noqa: S105 - of a server that lives as long as a test

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
imap_capability = {capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {wrapped}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def is_installed() -> bool:
    """Whether there is a Dovecot here."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


class Dovecot:
    """The server. `start` and `stop` may be called in turn; what it holds stays."""

    def __init__(
        self, folder: Path, certificate: tuple[Path, Path], *, tls: bool, mechanisms: str, capability: str
    ) -> None:
        self.folder = folder
        self.plain, self.wrapped = free_port(), free_port()
        self.certificate = certificate[0]
        is_root = os.getuid() == 0
        me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        owner = pwd.getpwnam("nobody")
        values = {
            "folder": folder,
            "certificate": certificate[0],
            "key": certificate[1],
            "ssl": "yes" if tls else "no",
            "plain": self.plain,
            "wrapped": self.wrapped,
            "internal": "dovecot" if is_root else me,
            "group": "dovecot" if is_root else group,
            "login": "dovenull" if is_root else me,
            "owner": owner.pw_uid if is_root else os.getuid(),
            "owner_group": owner.pw_gid if is_root else os.getgid(),
            "mechanisms": mechanisms,
            "capability": capability,
        }
        (folder / "mail").mkdir()
        if is_root:
            os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n", "utf-8")
        (folder / "dovecot.conf").write_text(_CONFIGURATION.format_map(values), "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of the inbox, by TLS."""
        return f"imaps://{USER}@localhost:{self.wrapped}/INBOX"

    @property
    def starttls_address(self) -> str:
        """Of the inbox, by STARTTLS where the server has it."""
        return f"imap://{USER}@localhost:{self.plain}/INBOX"

    @property
    def log(self) -> str:
        """What the server has noted."""
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def start(self) -> None:
        """Returns once it answers."""
        program = _program()
        assert program is not None
        command = [program, "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.plain), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "output").read_text() + self.log)

    def stop(self) -> None:
        """At once: whoever is connected is cut off."""
        process, self._process = self._process, None
        if process is None:
            return
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    @contextmanager
    def box(self, folder: str = "INBOX") -> Iterator[MailBox]:
        """A mail program that looks at a folder."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        box = MailBox("localhost", self.wrapped, 20, ssl_context=trust)
        try:
            box.login_utf8(USER, PASSWORD, folder)
            yield box
        finally:
            box.logout()

    def deliver(self, content: bytes, folder: str = "INBOX") -> None:
        """A message arrives; its folder is made if absent."""
        with self.box() as box:
            if not box.folder.exists(folder):
                box.folder.create(folder)
            box.append(content, folder)

    def renumber(self, folder: str, contents: list[bytes]) -> None:
        """The folder is made anew, as when a backup is put back: its numbers begin again, for other messages."""
        with self.box() as box:
            box.folder.delete(folder)
        for content in contents:
            self.deliver(content, folder)

    def holds(self, folder: str = "INBOX") -> dict[str, set[str]]:
        """The subjects in a folder, each with its flags."""
        with self.box(folder.replace("/", ".")) as box:
            return {one.subject: set(one.flags) - {MailMessageFlags.RECENT} for one in box.fetch(mark_seen=False)}


@contextmanager
def dovecot(
    certificate: tuple[Path, Path], *, tls: bool = True, mechanisms: str = "plain login", capability: str = ""
) -> Iterator[Dovecot]:
    """A server that runs, thrown away afterwards; `capability` is all that it says it can, where that is given."""
    folder = Path(tempfile.mkdtemp(prefix="xl2json-imap-"))  # short: sockets' names have a limit
    folder.chmod(0o755)
    server = Dovecot(folder, certificate, tls=tls, mechanisms=mechanisms, capability=capability)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

"""Who holds a lock: a process of a machine, so that a lock left by a killed run is known to be free."""

import socket
from dataclasses import dataclass
from typing import Self

import psutil


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: its machine's name, its number, and when it started (seconds since 1970), as numbers come again."""

    host: str
    pid: int
    started: float

    @classmethod
    def me(cls) -> Self:
        """This process."""
        process = psutil.Process()
        return cls(socket.gethostname(), process.pid, round(process.create_time(), 2))

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The holder that a lock names, None where it names none that we understand."""
        parts = (text or "").rsplit(" ", 2)
        try:
            return cls(parts[0], int(parts[1]), float(parts[2]))
        except (IndexError, ValueError):
            return None

    def __str__(self) -> str:
        return f"{self.host} {self.pid} {self.started}"

    @property
    def sentence(self) -> str:
        """As people read it."""
        return f"process {self.pid} on {self.host}"

    @property
    def here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host == socket.gethostname()

    @property
    def gone(self) -> bool:
        """Whether it is surely gone; of another machine's processes we know nothing."""
        if not self.here:
            return False
        try:
            process = psutil.Process(self.pid)
            return bool(abs(process.create_time() - self.started) > 1 or process.status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

"""ps as FreeBSD or (KERNEL=Darwin) macOS has it, on a host whose /proc is hidden: the kernel's own is read at KERNEL_PROC.

It takes what the manual page names and nothing else, cuts lines at 79 columns unless told not to, and shows the environment: in
front of the command with FreeBSD's -e, behind it with -E of macOS, whose -e means all processes. Processes are shown from the caller's point of view: itself and its pipe's other end included.
Line breaks in arguments are shown as they are, though the real ones escape them.
"""

import getopt
import os
import sys
import time

PROC = os.environ["KERNEL_PROC"]
DARWIN = os.environ.get("KERNEL") == "Darwin"
ALL_KEYWORDS = {"pid", "pgid", "uid", "stat", "lstart", "command"}


def text(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode("latin1")
    except OSError:
        return ""  # It has ended, or is none of ours.


def booted_at():
    for line in text(f"{PROC}/stat").splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    raise SystemExit("ps: no boot time")


def words(nul_separated):
    return " ".join(nul_separated.split("\0")).strip()


class Process:
    def __init__(self, pid):
        self.pid = pid
        _, _, rest = text(f"{PROC}/{pid}/stat").rpartition(") ")
        self.fields = rest.split()

    def show(self, keyword, with_environment):
        if keyword == "pid":
            return f"{self.pid:>5}"
        if keyword == "pgid":
            return f"{self.fields[2]:>5}"
        if keyword == "uid":
            return f"{os.stat(f'{PROC}/{self.pid}').st_uid:>5}"
        if keyword == "stat":
            return f"{self.fields[0]:<4}"
        if keyword == "lstart":
            started = booted_at() + int(self.fields[19]) / os.sysconf("SC_CLK_TCK")
            return time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(started)) + "    "
        command = words(text(f"{PROC}/{self.pid}/cmdline")) or "<defunct>"
        environment = words(text(f"{PROC}/{self.pid}/environ")) if with_environment else ""
        return (f"{command} {environment}" if DARWIN else f"{environment} {command}").strip()


def main():
    options, operands = getopt.getopt(sys.argv[1:], "AaCcdEeFfG:g:hjLlMmO:o:p:rSTt:U:u:vwXx" if DARWIN else "aAcCdD:efG:gHhjJ:LlM:mN:O:o:p:rSTt:U:uvwXxZ")
    flags = "".join(name[1] for name, value in options if not value)
    keywords = [value for name, value in options if name == "-o"]
    wanted = [int(value) for name, value in options if name == "-p"]
    if operands or not all(word.endswith("=") and word[:-1] in ALL_KEYWORDS for word in keywords):
        raise SystemExit(f"ps: cannot do {sys.argv[1:]}")
    if not wanted and not ("a" in flags and "x" in flags):
        raise SystemExit("ps: no processes chosen")
    pids = wanted or sorted(int(name) for name in os.listdir(PROC) if name.isdigit())
    found = [process for process in map(Process, pids) if process.fields]
    for process in found:
        line = " ".join(process.show(word[:-1], ("E" if DARWIN else "e") in flags) for word in keywords)
        sys.stdout.buffer.write((line if "ww" in flags else line[:79]).encode("latin1") + b"\n")
    sys.exit(0 if found else 1)


main()

"""Receives datagrams as systemd does, and prints each one with the sender's process id as a line of JSON."""
import json, os, socket, struct, subprocess, sys

path, mode, *command = sys.argv[1:]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind(path)
receiver.settimeout(30)
environment = dict(os.environ)


def open_descriptor():
    """As OpenFile= does: a connected socket as descriptor 3."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.connect(path)
    os.dup2(sender.fileno(), 3, inheritable=True)
    os.environ["LISTEN_PID"] = str(os.getpid())


if mode == "descriptor":
    child = os.fork()
    if child == 0:
        open_descriptor()
        os.execvpe(command[0], command, {**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "notify"})
else:
    child = subprocess.Popen(command).pid
print(json.dumps({"child": child}), flush=True)
stopping = False
while True:
    data, ancillary, _, _ = receiver.recvmsg(65536, socket.CMSG_SPACE(12))
    pid = next((struct.unpack("3i", item[2])[0] for item in ancillary if item[1] == socket.SCM_CREDENTIALS), None)
    if data.strip() == b"BARRIER=1":
        if stopping:
            break
        continue
    print(json.dumps({"data": data.decode(), "pid": pid}), flush=True)
    # The program waits until its barrier was received; a write through the descriptor has none.
    stopping = b"STOPPING" in data
    if stopping and mode == "descriptor":
        break
os.waitpid(child, 0)

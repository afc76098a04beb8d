/** A Python program that runs its arguments on a terminal, answers with `key` as soon as `question` is asked, and prints what they say. */
export function answering(question: string, key: string): string {
  return `import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
said = b""
answered = False
while True:
    try: chunk = os.read(terminal, 4096)
    except OSError: break
    if not chunk: break
    said += chunk
    if not answered and b"${question}" in said:
        answered = True
        os.write(terminal, b"${key}")
sys.stdout.buffer.write(said)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`
}

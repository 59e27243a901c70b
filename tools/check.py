#!/usr/bin/env python3
"""What `make check` holds a tree to without building it: format, layers, sizes, settings, spelling, subjects."""
import pathlib, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
failed = []

def files(*patterns):
    return subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True,
                          capture_output=True, text=True).stdout.split()

def step(name, *command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    print(("ok     " if done.returncode == 0 else "FAILED ") + name)
    if done.returncode:
        print(done.stdout + done.stderr)
        failed.append(name)

step("format", "clang-format-19", "--dry-run", "-Werror", *files("*.c", "*.h"))
step("layers", sys.executable, "tools/check_layers.py", "src")
step("sizes", sys.executable, "tools/check_size.py")
step("settings", sys.executable, "tools/check_settings.py")
step("conformance", sys.executable, "tools/check_conformance.py")
step("spelling", "codespell", "--quiet-level=2", "--ignore-words=tools/codespell-ignore",
     *files("src/*.c", "src/*.h", "src/*.def", "*.md", "tools/*.py"))
shell = [f for f in files("tools/*", ".ci/run") if (ROOT / f).read_text().startswith("#!/usr/bin/env bash")]
step("shell", "shellcheck", *shell)
big = [f for f in files() if not f.startswith("tests/") and (ROOT / f).is_file()
       and (ROOT / f).stat().st_size > 256 << 10]
step("no file over 256 KiB", "test", "-z", " ".join(big))
subject = subprocess.run(["git", "log", "-1", "--format=%B"], cwd=ROOT, capture_output=True, text=True).stdout
with tempfile.NamedTemporaryFile("w", suffix=".txt") as message:
    message.write(subject)
    message.flush()
    step("subject of the last commit", sys.executable, "tools/check_message.py", message.name)
sys.exit(bool(failed))

"""The C evaluator, asked through its driver: worlds in, lists of verdicts out."""
import json
import subprocess


class DriverEnded(Exception):
    pass


def lines_of(command, given):
    done = subprocess.run(command, input="".join(json.dumps(one) + "\n" for one in given), capture_output=True, text=True)
    if done.returncode != 0:
        raise DriverEnded(f"the driver ended with {done.returncode}\n{done.stderr[-4000:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(given):
        raise DriverEnded(f"{len(given)} asked, {len(answers)} answered")
    return answers


def verdicts(driver, worlds):
    """A list of verdicts for each world; {"failure": text} for each sign-in of a world that is refused."""
    out = []
    for world, answer in zip(worlds, lines_of([driver], worlds)):
        if "failure" in answer:
            out.append([answer] * len(world.get("signIns", [None])))
        else:
            out.append(answer.get("verdicts", [answer]))
    return out

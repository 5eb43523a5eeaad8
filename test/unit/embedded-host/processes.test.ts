/** Processes of the embedded host: how programs are found, signals, pipes, locks, and what ps shows. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { KernelProcess } from "../../embedded-host/kernel/process.js";

let host: EmbeddedConsole;

beforeEach(() => {
  host = createConsole();
});
afterEach(() => {
  host.stop();
  expect(host.kernel.defects).toEqual([]);
});

async function stdout(line: string): Promise<string> {
  return (await host.run(line)).stdout;
}

function findProcess(argv: string): KernelProcess | undefined {
  return [...host.kernel.processes.values()].find((process) => process.argv.join(" ") === argv);
}

/** Lets the machine work until a program runs. */
async function running(argv: string): Promise<KernelProcess> {
  for (;;) {
    const process = findProcess(argv);
    if (process !== undefined) return process;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("finding a program", () => {
  it("searches PATH, and takes the first that may be run", async () => {
    const line =
      "mkdir /tmp/a /tmp/b; echo 'echo in a' > /tmp/a/tool; echo 'echo in b' > /tmp/b/tool; " +
      "chmod +x /tmp/b/tool; PATH=/tmp/a:/tmp/b:$PATH; tool; chmod +x /tmp/a/tool; tool";
    expect(await stdout(line)).toBe("in b\nin a\n");
  });

  it("tells a missing program from one that may not be run", async () => {
    expect(await host.run("nosuch; echo $?; /nosuch; echo $?")).toMatchObject({
      stdout: "127\n127\n",
      stderr: "/bin/sh: nosuch: not found\n/bin/sh: /nosuch: not found\n",
    });
    expect(await host.run("touch /tmp/f; /tmp/f; echo $?; /tmp; echo $?")).toMatchObject({
      stdout: "126\n126\n",
      stderr: "/bin/sh: /tmp/f: Permission denied\n/bin/sh: /tmp: Permission denied\n",
    });
  });

  it("goes by the content of the file: copies, links and replacements work as on disk", async () => {
    expect(
      await stdout("cp /bin/echo /tmp/say; /tmp/say copied; ln -s say /tmp/l; /tmp/l linked"),
    ).toBe("copied\nlinked\n");
    const replaced =
      "mv /bin/echo /bin/real; printf '#!/bin/sh\\nreal evil\\n' > /bin/echo; chmod +x /bin/echo";
    expect(await stdout(`${replaced}; /bin/echo hello`)).toBe("evil\n");
  });

  it("runs interpreters with their argument", async () => {
    const line =
      "printf '#!/bin/sh -e\\nfalse\\necho never\\n' > /tmp/s; chmod +x /tmp/s; /tmp/s; echo $?";
    expect(await stdout(line)).toBe("1\n");
  });
});

describe("signals", () => {
  it("end a process group: the shell, and what it started", async () => {
    const group = host.run("sh -c 'sleep 1000; echo never'; echo never");
    const { pgid } = await running("sleep 1000");
    expect(await stdout(`kill -KILL -- -${pgid}; kill -0 -- -${pgid} 2>&1; echo $?`)).toBe(
      `kill: -${pgid}: No such process\n1\n`,
    );
    expect(await group).toMatchObject({ status: 137, stdout: "" });
    expect(host.kernel.processes.size).toBe(0);
  });

  it("leave a child to init when only its parent is killed", async () => {
    const parent = host.run("sleep 1000; echo never");
    const child = await running("sleep 1000");
    host.kernel.kill(child.ppid, 9);
    expect(await parent).toMatchObject({ status: 137 });
    expect(child.ppid).toBe(1);
    expect(await stdout(`kill ${child.pid}; kill -0 ${child.pid} 2>/dev/null || echo gone`)).toBe(
      "gone\n",
    );
  });

  it("wait for the command in the foreground before a trap runs, but interrupt wait", async () => {
    const waiting = host.run("trap 'echo trapped' TERM; sh -c 'sleep 1000; :'; echo after");
    const child = await running("sleep 1000");
    const shell = host.kernel.processes.get(host.kernel.processes.get(child.ppid)?.ppid ?? 0);
    shell?.signal(15);
    expect(host.kernel.processes.has(shell?.pid ?? 0)).toBe(true);
    child.signal(9);
    expect((await waiting).stdout).toBe("trapped\nafter\n");
    const interrupted =
      "trap 'echo T' TERM; sleep 1000 & p=$!; (kill -TERM $$) & wait $p; echo $?; kill $p";
    expect(await stdout(interrupted)).toBe("T\n143\n");
  });

  it("are inherited when ignored, and not when caught", async () => {
    expect(await stdout("trap '' TERM; sh -c 'kill -TERM $$; echo lives'")).toBe("lives\n");
    expect(await stdout("trap 'echo no' TERM; sh -c 'kill -TERM $$; echo no'; echo $?")).toBe(
      "143\n",
    );
  });

  it("come from a pipe that nobody reads", async () => {
    expect(await stdout("set -o pipefail; yes | head -1; echo $?")).toBe("y\n141\n");
    expect(
      await stdout(
        "(trap '' PIPE; sleep 0; while echo x; do :; done 2>/dev/null; echo $? >&2) 2>&1 | :",
      ),
    ).toBe("");
  });
});

describe("lockf", () => {
  it("holds the lock as long as the command runs, and lets others wait in turn", async () => {
    const first = host.run("lockf -k /tmp/l sh -c 'echo 1 >> /tmp/order; sleep 1000; :'");
    const sleeper = await running("sleep 1000");
    const others = [2, 3, 4].map((n) =>
      host.run(`lockf -k /tmp/l sh -c 'echo ${n} >> /tmp/order'`),
    );
    expect(await host.run("lockf -s -t 0 /tmp/l true")).toMatchObject({ status: 75, stderr: "" });
    sleeper.signal(15);
    await Promise.all([first, ...others]);
    expect(await stdout("cat /tmp/order")).toBe("1\n2\n3\n4\n");
  });

  it("gives up after its time, and frees the lock when it is killed", async () => {
    host.kernel.speed = 100;
    const holder = host.run("lockf -k /tmp/l sleep 100000");
    await running("sleep 100000");
    expect(await host.run("lockf -k -t 1 /tmp/l true")).toMatchObject({
      status: 75,
      stderr: "lockf: /tmp/l: already locked\n",
    });
    await host.run("pkill -KILL lockf");
    expect(await host.run("lockf -k -t 0 /tmp/l echo free")).toMatchObject({ stdout: "free\n" });
    await host.run("pkill sleep");
    await holder;
  });

  it("removes the file unless it is told to keep it", async () => {
    expect(await stdout("lockf /tmp/l true; ls /tmp; lockf -k /tmp/l true; ls /tmp")).toBe("l\n");
  });

  it("locks a descriptor until it is closed", async () => {
    const line =
      "exec 9>/tmp/l; lockf 9; lockf -s -t 0 /tmp/l true; echo $?; exec 9>&-; lockf -t 0 /tmp/l true; echo $?";
    expect(await stdout(line)).toBe("75\n0\n");
  });
});

describe("ps, pgrep and timeout", () => {
  it("show processes by number, jail and name", async () => {
    const sleeping = host.run("sleep 1000");
    const { pid, pgid } = await running("sleep 1000");
    expect(await stdout(`ps -o pgid= -p ${pid}`)).toBe(`${pgid}\n`);
    expect(await stdout(`ps -o pid= -o comm= -p ${pid}`)).toBe(`${pid} sleep\n`);
    expect(await stdout("pgrep -l -x sleep")).toBe(`${pid} sleep\n`);
    expect(await host.run("ps -p 99998")).toMatchObject({ status: 1 });
    expect(await host.run("pkill -x sleep; pkill -x sleep; echo $?")).toMatchObject({
      stdout: "1\n",
    });
    await sleeping;
  });

  it("end what takes too long, with all that it started", async () => {
    host.kernel.speed = 100;
    expect(await stdout("timeout 1 sh -c 'sleep 1000; :'; echo $?; timeout 5 false; echo $?")).toBe(
      "124\n1\n",
    );
    expect(findProcess("sleep 1000")).toBeUndefined();
  });
});

it("runs thousands of processes in a moment", async () => {
  const line = "i=0; while [ $i -lt 3000 ]; do /usr/bin/true </dev/null; i=$((i+1)); done; echo $i";
  expect(await stdout(line)).toBe("3000\n");
});

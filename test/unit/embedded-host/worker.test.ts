/** Batches as a client sends them to a worker shell: compounds, here-documents in here-documents, locks, markers. */
import type ssh2 from "ssh2";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";
import { connectTo, openExec, waitForOutput } from "./ssh-client.js";

let host: EmbeddedHost;
let client: ssh2.Client;

beforeEach(async () => {
  host = await startEmbeddedHost();
  client = await connectTo(host);
  client.on("error", () => client.end());
});
afterEach(async () => {
  client.end();
  await host.stop();
  expect(host.defects).toEqual([]);
});

/** Sends text to a fresh worker, and gives its two streams up to the end marker. */
async function send(text: string): Promise<{ stdout: string; stderr: string }> {
  const channel = await openExec(client, "exec /bin/sh");
  let stderr = "";
  channel.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  channel.write(`${text}\nprintf 'E %s\\n' end >&2; printf 'E %s\\n' end\n`);
  const stdout = await waitForOutput(channel, "E end\n");
  while (!stderr.endsWith("E end\n")) await new Promise((resolve) => setTimeout(resolve, 1));
  channel.end();
  const cut = (stream: string) => stream.replace(/E end\n$/, "");
  return { stdout: cut(stdout), stderr: cut(stderr) };
}

it("runs a locked batch with its own functions and documents", async () => {
  const batch = `{ mkdir -p -m 0700 /var/run/batch
lockf -k -t 60 /var/run/batch/jail.web /bin/sh -s <<'OUTER_1f'
PATH=/sbin:/bin:/usr/sbin:/usr/bin; umask 022; cd /; rc=0
run() { [ "$rc" = 0 ] || { printf '\\nM skip\\n'; return 0; }; "$@"; rc=$?; printf '\\nM %s\\n' "$rc"; printf '\\nM\\n' >&2; }
put() { set -C; cat > "$1.new"; s=$?; set +C; [ "$s" = 0 ] && mv -f "$1.new" "$1"; }
{ printf 'start\\n'
run put /etc/jail.conf.d/web.conf <<'DOC_2e'
web { path = "/x"; exec.start = "echo $HOME \\\`id\\\`"; }
OUTER_1 is no end
DOC_2e
run cat /etc/jail.conf.d/web.conf </dev/null
run sh -c 'cat; echo err >&2; exit 5' </dev/null
run touch /tmp/never </dev/null
}
OUTER_1f
printf '\\nL %s\\n' "$?"
}`;
  const { stdout, stderr } = await send(batch);
  expect(stdout).toBe(
    'start\n\nM 0\nweb { path = "/x"; exec.start = "echo $HOME \\`id\\`"; }\nOUTER_1 is no end\n\nM 0\n\nM 5\n\nM skip\n\nL 0\n',
  );
  expect(stderr).toBe("\nM\n\nM\nerr\n\nM\n");
  expect((await host.run("ls /tmp/never")).status).toBe(1);
});

it("computes a digest of what commands answered", async () => {
  const guard = `set -o pipefail
g() { "$@" </dev/null; printf '\\n%s\\n' "$?"; }
{ d=$( { g echo a; g false; } | sha256 -q) && [ "$d" = "$(printf 'a\\n\\n0\\n\\n1\\n' | sha256 -q)" ] && echo "same \${#d}"
}`;
  expect((await send(guard)).stdout).toBe("same 64\n");
});

it("takes a large file as a document, in a moment", async () => {
  const line = `${"x".repeat(76)}\n`;
  const text = line.repeat(40_000);
  await send(`{ cat > /tmp/large <<'END_OF_DATA'\n${text}END_OF_DATA\n}`);
  expect((await host.run("wc -c < /tmp/large")).stdout.trim()).toBe(String(text.length));
});

it("gives bytes back as they are", async () => {
  await send("b64decode -r > /tmp/bytes <<'X'\n/wABgGJpbg==\nX\n");
  expect(host.machine.files.read({ root: "/", cwd: "/" }, "/tmp/bytes")).toEqual(
    Buffer.from([255, 0, 1, 128, 98, 105, 110]),
  );
  expect(
    (await send("printf '%s\\n' 'gr\u00fc\u00df' > '/tmp/\u00fc'; ls /tmp/; cat /tmp/\u00fc"))
      .stdout,
  ).toContain("\u00fc\ngr\u00fc\u00df\n");
});

it("ends a worker with all it started, from another channel", async () => {
  const worker = await openExec(client, "exec /bin/sh");
  worker.write("ps -o pgid= -p $$\n");
  const group = (await waitForOutput(worker, "\n")).trim();
  const hold = host.faults.hold((argv) => argv[0] === "tar");
  worker.write(
    "lockf -k -t 0 /tmp/lock /bin/sh -s <<'X'\n{ tar -cf - / | cat >/dev/null; sleep 1000 & }\nX\n",
  );
  await hold.reached;
  const { stdout } = await send(
    `kill -KILL -- -${group}; kill -0 -- -${group} 2>/dev/null || echo gone`,
  );
  expect(stdout).toBe("gone\n");
  expect(await host.run("lockf -k -t 0 /tmp/lock echo free")).toMatchObject({ stdout: "free\n" });
});

it("leaves commands only what lies beyond the block that sh has read already, as FreeBSD's does", async () => {
  const script = `cat\n: ${"x".repeat(1500)}\necho swallowed\n`;
  const { stdout } = await host.run("exec /bin/sh", { stdin: script });
  expect(stdout).toBe(script.slice(1023));
});

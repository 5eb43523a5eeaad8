/**
 * The real /bin/sh of this machine with what FreeBSD has and Linux lacks: lockf, sha256 and
 * b64decode as small scripts, and a directory in the place of /var/run/pulumi-freebsd.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnswerReader, type Section } from "../../../provider/host/answer.js";
import type { Script } from "../../../provider/host/batch.js";
import { PRELUDE, RUN_DIRECTORY } from "../../../provider/host/prelude.js";

const scripts: Record<string, string> = {
  // The lock is held by lockf itself, as on FreeBSD: not by what it runs, so that it ends with it.
  lockf: `#!/bin/sh
[ "$1" = -k ] && shift
[ "$1" = -t ] && t=$2 && shift 2
f=$1
shift
( : >>"$f" ) 2>/dev/null || { echo "lockf: cannot open $f: No such file or directory" >&2; exit 73; }
exec 9<"$f"
flock -w "$t" 9 || { echo "lockf: $f: already locked" >&2; exit 75; }
"$@" 9>&-
exit $?
`,
  sha256: `#!/bin/sh
sha256sum | cut -d ' ' -f 1
`,
  b64decode: `#!/bin/sh
exec base64 -d
`,
};

export interface Tools {
  readonly runDirectory: string;
  /** Replaces FreeBSD's directories in shell text by those of this machine. */
  adapt(text: string): string;
  /** Runs a batch as a worker would and reads its answer. */
  run(script: Script): Promise<{ sections: Section[]; complete: boolean }>;
  remove(): void;
}

export function makeTools(): Tools {
  const directory = mkdtempSync(join(tmpdir(), "host-test-"));
  const bin = join(directory, "bin");
  const runDirectory = join(directory, "run");
  mkdirSync(bin);
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const adapt = (text: string) =>
    text
      .replaceAll(
        /^PATH=\/sbin:\/bin:\/usr\/sbin:\/usr\/bin:/gm,
        (path) => `PATH=${bin}:${path.slice(5)}`,
      )
      .replaceAll(RUN_DIRECTORY, runDirectory);
  return {
    runDirectory,
    adapt,
    async run(script) {
      const { execa } = await import("execa");
      const { stdout, stderr } = await execa("/bin/sh", [], {
        input: adapt(PRELUDE + script.text),
        encoding: "buffer",
        reject: false,
        stripFinalNewline: false,
      });
      const reader = new AnswerReader(script.nonce, 1 << 30);
      reader.push("stdout", Buffer.from(stdout));
      reader.push("stderr", Buffer.from(stderr));
      return { sections: reader.sections(), complete: reader.complete };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

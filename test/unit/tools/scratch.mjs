/** A temporary directory for a test, and programs in it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";

/** Removed when the test has finished. */
export async function makeScratch() {
  const directory = await mkdtemp(join(tmpdir(), "pulumi-freebsd-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes an executable /bin/sh script. */
export async function writeScript(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** Sets a variable of the environment for the rest of the test. */
export function setEnvironment(name, value) {
  vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

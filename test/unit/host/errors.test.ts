import { afterEach, expect, test, vi } from "vitest";
import { deadlinePassed, hostKeyRefused, lockBusy } from "../../../provider/host/error-texts.js";
import { HostError, hostError } from "../../../provider/host/errors.js";

afterEach(() => vi.unstubAllEnvs());

const place = { host: "root@h:22", secrets: ["hunter22"] };

test("the message says where, what and what to do; the stack is one line", () => {
  vi.stubEnv("FREEBSD_DEBUG", "");
  const error = hostError({
    ...place,
    kind: "failed",
    reason: "output",
    what: "it broke",
    command: { argv: ["cat", "/etc/my file"] },
    status: 3,
    stderr: "first\nsecond\n",
    hint: "Mend it.",
  });
  expect(error).toBeInstanceOf(HostError);
  expect(error.message).toBe(
    "root@h:22: it broke (cat '/etc/my file') [status 3]\nfirst\nsecond\nMend it.",
  );
  expect(error.stack).toBe(
    "HostError: root@h:22: it broke (cat '/etc/my file') [status 3] first second Mend it.",
  );
});

test("FREEBSD_DEBUG keeps the stack", () => {
  vi.stubEnv("FREEBSD_DEBUG", "1");
  const error = hostError({ ...place, kind: "failed", reason: "output", what: "x" });
  expect(error.stack).toContain("errors.test.ts");
});

test("neither secrets nor control characters show", () => {
  const error = hostError({
    ...place,
    kind: "failed",
    reason: "shell",
    what: "no: hunter22",
    command: { argv: ["echo", "hunter22", "\u001b[31m\nred\u202e"] },
    stderr: "password hunter22 \u001b]0;owned\u0007 wrong",
    hint: "not hunter22",
  });
  expect(JSON.stringify([error.message, error.stack, error])).not.toContain("hunter22");
  expect(error.message).not.toMatch(/[\u0007\u001b\u202e]/);
  expect(error.command).toBe("echo [redacted] '\\x1b[31m\\nred\\u202e'");
});

test("long stderr is cut to its end", () => {
  const stderr = `${"x".repeat(5000)}\n${Array.from({ length: 50 }, (_, i) => `line ${i}`).join("\n")}\n`;
  const error = hostError({ ...place, kind: "failed", reason: "shell", what: "x", stderr });
  expect(error.stderr?.split("\n")).toHaveLength(8);
  expect(error.stderr).toMatch(/line 49$/);
});

test("an unknown key comes with the line to add, a changed one with both fingerprints", () => {
  const unknown = hostKeyRefused(
    place,
    { kind: "unknown", fingerprint: "SHA256:seen", line: "h ssh-ed25519 AAAA" },
    "known_hosts",
  );
  expect(unknown.message).toContain("SHA256:seen");
  expect(unknown.message.split("\n")).toContain("h ssh-ed25519 AAAA");
  const changed = hostKeyRefused(
    place,
    { kind: "changed", fingerprint: "SHA256:seen", expected: ["SHA256:old"] },
    "/home/me/.ssh/known_hosts",
  );
  expect(changed.message).toMatch(/SHA256:seen.*SHA256:old[\s\S]*\/home\/me\/.ssh\/known_hosts/);
  expect(changed.kind).toBe("refused");
});

test("the lock and the time are named; a deadline says whether it was ended", () => {
  expect(lockBusy(place, "jail-web", 60).message).toMatch(/"jail-web".*60 s/);
  const command = { argv: ["fetch", "x"], input: "secret", mutates: true } as const;
  const error = deadlinePassed(place, 75, [command, command], false);
  expect(error).toMatchObject({ kind: "unknown", reason: "deadline" });
  expect(error.message).toMatch(/75 s to fetch x and 1 more[\s\S]*may still run/);
});

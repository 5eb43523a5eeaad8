/** What FreeBSD's /bin/sh and lockf answered on real hosts: session 17 and lockf's part of 25. */
import { afterEach, describe, expect, it } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { replaySession, showDifferences } from "./replay.js";

const releases: Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];
let host: EmbeddedConsole | undefined;

afterEach(() => host?.stop());

describe.each(releases)("sessions of %s", (release) => {
  it("17: what a long-lived worker shell can count on", async () => {
    host = createConsole({ release, speed: 50 });
    expect(showDifferences(await replaySession(host, release, "17-shell"))).toBe("");
  });

  it("25: one connection locked against another", async () => {
    host = createConsole({ release, speed: 50 });
    const skip = (command: string) => !/^lockf/.test(command) && !/\/tmp\/l$/.test(command);
    expect(showDifferences(await replaySession(host, release, "25-rctl-boot", { skip }))).toBe("");
  });
});

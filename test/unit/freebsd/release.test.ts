/** Where releases lie. */
import { expect, it } from "vitest";
import { releasePath } from "../../../provider/freebsd/release.js";

const arm = { machine: "arm64", machineArch: "aarch64" };

it("knows the mirrors' directories, and the archive's, which has one less", () => {
  expect(releasePath("https://download.freebsd.org", arm, "15.1-RELEASE")).toBe(
    "https://download.freebsd.org/releases/arm64/aarch64/15.1-RELEASE",
  );
  expect(releasePath("https://archive.freebsd.org/old-releases", arm, "13.2-RELEASE")).toBe(
    "https://archive.freebsd.org/old-releases/arm64/13.2-RELEASE",
  );
});

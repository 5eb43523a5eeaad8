/** Packages of the base system: repository, keys, and what pkg(8) is asked. */
import { expect, it } from "vitest";
import { installBase, renderRepository } from "../../../provider/freebsd/pkgbase.js";

it("names the project's repository of the release and the keys of its branch", () => {
  const text = renderRepository("15.1-RELEASE");
  expect(text.split("\n").map((line) => line.trim())).toEqual([
    "FreeBSD-base: {",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: pkg(8) puts the ABI in.
    'url: "pkg+https://pkg.FreeBSD.org/${ABI}/base_release_1",',
    'mirror_type: "srv",',
    'signature_type: "fingerprints",',
    'fingerprints: "/usr/share/keys/pkgbase-15",',
    "enabled: yes",
    "}",
    "",
  ]);
  expect(renderRepository("16.0-CURRENT")).toMatch(/base_latest"[\s\S]*pkgbase-16/);
});

it("checks signatures of a repository of one's own, too", () => {
  const text = renderRepository("15.1-RELEASE", "https://pkg.example.org/base");
  expect(text).toMatch(/url: "https:\/\/pkg\.example\.org\/base"[\s\S]*mirror_type: "none"/);
  expect(text).toContain('signature_type: "fingerprints"');
});

it("asks for the packages of the declared release, whatever the host runs", () => {
  const packages = ["FreeBSD-set-minimal-jail"];
  const options = { release: "15.1-RELEASE", arch: "aarch64", packages };
  expect(installBase("/t", "/w", options).argv.slice(1).join(" ")).toBe(
    "pkg -r /t -R /w/repos -o ABI=FreeBSD:15:aarch64 -o OSVERSION=1501000 -o IGNORE_OSVERSION=yes " +
      "install -y -r FreeBSD-base FreeBSD-set-minimal-jail",
  );
});

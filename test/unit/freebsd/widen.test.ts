/** Where links of a thin jail's read-write part lead when it is part of a whole tree. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { mapTarget } from "../../../provider/freebsd/widen.js";

const map = (link: string, target: string): string =>
  execFileSync("/bin/sh", ["-c", `${mapTarget.text}; map_target "$@"`, "sh", link, target], {
    encoding: "utf8",
  }).replace(/\n$/, "");

it.each([
  // By their absolute names.
  ["/root/x", "/s/usr-local/etc/app", "/usr/local/etc/app"],
  ["/root/x", "/s/usr-local", "/usr/local"],
  ["/root/x", "/s/var/db", "/var/db"],
  ["/root/x", "/s/usr-locals", "/s/usr-locals"],
  ["/root/x", "/etc/rc.conf", "/etc/rc.conf"],
  // Up to the read-write part, from /usr/local and from elsewhere.
  ["/usr-local/etc/x", "../../etc/rc.conf", "../../../etc/rc.conf"],
  ["/usr-local/x", "../usr-local/y", "../../usr/local/y"],
  ["/usr-local/a/b/x", "../../../usr/share", "../../../../usr/share"],
  ["/etc/x", "../usr-local/etc/app", "../usr/local/etc/app"],
  ["/var/db/x", "../../usr-local", "../../usr/local"],
  ["/etc/termcap", "../usr/share/misc/termcap", "../usr/share/misc/termcap"],
  // Neither that far, nor only that far, nor to what is in it.
  ["/usr-local/bin/x", "../etc/app", "../etc/app"],
  ["/usr-local/bin/x", "../../../etc/rc.conf", "../../../etc/rc.conf"],
  ["/usr-local/bin/x", "../../lib/y", "../../lib/y"],
  ["/etc/x", "../usr-locals", "../usr-locals"],
  ["/x", "../etc", "../etc"],
])("%s -> %s becomes %s", (link, target, wanted) => {
  expect(map(link, target)).toBe(wanted);
});

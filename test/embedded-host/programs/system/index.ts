import type { Program } from "../../contract.js";
import { capMkdb } from "./cap_mkdb.js";
import { date } from "./date.js";
import { fsckFfs } from "./disks/fsck.js";
import { gpart } from "./disks/gpart.js";
import { growfs } from "./disks/growfs.js";
import { gunion } from "./disks/gunion.js";
import { mkimg } from "./disks/mkimg.js";
import { newfs } from "./disks/newfs.js";
import { etcupdate } from "./etcupdate.js";
import { freebsdUpdate } from "./freebsd-update.js";
import { fstyp } from "./fstyp.js";
import { hostname } from "./hostname.js";
import { id, whoami } from "./id.js";
import { kldload, kldstat, kldunload } from "./kld.js";
import { logger } from "./logger.js";
import { make } from "./make.js";
import { mdconfig } from "./mdconfig.js";
import { netstat } from "./netstat.js";
import { pkg } from "./pkg.js";
import { pw } from "./pw.js";
import { pwdMkdb } from "./pwd_mkdb.js";
import { reboot } from "./reboot.js";
import { route } from "./route.js";
import { servicesMkdb } from "./services_mkdb.js";
import { sockstat } from "./sockets.js";
import { su } from "./su.js";
import { sysctl } from "./sysctl.js";
import { sysrc } from "./sysrc.js";
import { uname } from "./uname.js";

/** Tools that tell of the system and set it up. */
export const systemPrograms: Record<string, Program> = {
  ...{ date, hostname, id, kldload, kldstat, kldunload, logger, mdconfig, netstat, newfs },
  ...{ pkg, pw, reboot, route, sockstat, su, sysctl, sysrc, uname, whoami },
  ...{ fsck_ffs: fsckFfs, fstyp, gpart, growfs, gunion, mkimg },
  ...{ etcupdate, make, "freebsd-update": freebsdUpdate },
  ...{ cap_mkdb: capMkdb, pwd_mkdb: pwdMkdb, services_mkdb: servicesMkdb },
};

import type { Program } from "../../contract.js";
import { date } from "./date.js";
import { hostname } from "./hostname.js";
import { id, whoami } from "./id.js";
import { kldload, kldstat, kldunload } from "./kld.js";
import { logger } from "./logger.js";
import { mdconfig } from "./mdconfig.js";
import { netstat } from "./netstat.js";
import { newfs } from "./newfs.js";
import { pkg } from "./pkg.js";
import { pw } from "./pw.js";
import { reboot } from "./reboot.js";
import { route } from "./route.js";
import { sockstat } from "./sockets.js";
import { su } from "./su.js";
import { sysctl } from "./sysctl.js";
import { sysrc } from "./sysrc.js";
import { uname } from "./uname.js";

/** Tools that tell of the system and set it up. */
export const systemPrograms: Record<string, Program> = {
  ...{ date, hostname, id, kldload, kldstat, kldunload, logger, mdconfig, netstat, newfs },
  ...{ pkg, pw, reboot, route, sockstat, su, sysctl, sysrc, uname, whoami },
};

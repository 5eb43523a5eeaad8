import type { Program } from "../../contract.js";
import { b64decode, b64encode } from "./base64.js";
import { basename, dirname } from "./basename.js";
import { cat } from "./cat.js";
import { chflags } from "./chflags.js";
import { chmod } from "./chmod.js";
import { chgrp, chown } from "./chown.js";
import { cksum } from "./cksum.js";
import { cmp } from "./cmp.js";
import { comm } from "./comm.js";
import { cp } from "./cp.js";
import { cut } from "./cut.js";
import { dd } from "./dd.js";
import { df } from "./df.js";
import { diff } from "./diff.js";
import { diff3 } from "./diff3.js";
import { digests } from "./digest.js";
import { du } from "./du.js";
import { fetch } from "./fetch.js";
import { file } from "./file.js";
import { find } from "./find/find.js";
import { grep } from "./grep.js";
import { head } from "./head.js";
import { install } from "./install.js";
import { join } from "./join.js";
import { ln } from "./ln.js";
import { ls } from "./ls.js";
import { mkdir } from "./mkdir.js";
import { mktemp } from "./mktemp.js";
import { mtree } from "./mtree/mtree.js";
import { mv } from "./mv.js";
import { od } from "./od.js";
import { readlink } from "./readlink.js";
import { realpath } from "./realpath.js";
import { rm } from "./rm.js";
import { rmdir } from "./rmdir.js";
import { sed } from "./sed/sed.js";
import { sort } from "./sort.js";
import { stat } from "./stat.js";
import { fsync, sync } from "./sync.js";
import { tail } from "./tail.js";
import { tar } from "./tar/tar.js";
import { touch } from "./touch.js";
import { tr } from "./tr.js";
import { truncate } from "./truncate.js";
import { uniq } from "./uniq.js";
import { unvis } from "./unvis.js";
import { wc } from "./wc.js";
import { unxz, xz, xzcat } from "./xz.js";
import { yes } from "./yes.js";

/** The tools of the base system that work on files and on text. */
export const filePrograms: Record<string, Program> = {
  ...digests,
  ...{ b64decode, b64encode, basename, cat, chflags, chgrp, chmod, chown, cksum, cmp, cp, cut },
  ...{ dd, df, diff, dirname, du, fetch, file, find, fsync, head, install, ln, ls, mkdir },
  ...{ mktemp, mv, od },
  ...{ readlink, realpath, rm, rmdir, sed, sort, stat, sync, tail, touch, tr, truncate },
  ...{ comm, diff3, join, mtree, uniq, unvis, unxz, wc, xz, xzcat, yes },
  ...{ grep, egrep: grep, fgrep: grep },
  ...{ tar, bsdtar: tar },
};

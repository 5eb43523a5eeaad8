/** Disk images: file systems in files, tables of partitions, and the formats of mkimg(1). */
import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { jailHost, releases } from "./jail-host.js";

const root = { root: "/", cwd: "/" };
let host: EmbeddedConsole;
afterEach(() => {
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

async function ok(line: string): Promise<string> {
  const { status, stdout, stderr } = await host.run(line);
  expect([line, status, stderr]).toEqual([line, 0, ""]);
  return stdout;
}

async function complaint(line: string): Promise<string> {
  const { status, stderr } = await host.run(line);
  expect(status).not.toBe(0);
  return stderr;
}

/** An image of 64 MB with a file in it. */
async function makeImage(): Promise<void> {
  await ok("mkdir -p /i/mnt && truncate -s 64m /i/a && mdconfig -a -t vnode -f /i/a -u 1");
  await ok("newfs -U /dev/md1 && mount /dev/md1 /i/mnt && mkdir -m 700 /i/mnt/d");
  await ok("echo text > /i/mnt/d/f && chown 3:4 /i/mnt/d/f && ln /i/mnt/d/f /i/mnt/l");
  await ok("umount /i/mnt && mdconfig -d -u 1");
}

describe.each(releases)("images of %s", (release) => {
  test("an image is what its bytes are: a copy has its file system, and so has one on another host", async () => {
    host = jailHost(release);
    await makeImage();
    await ok("cp /i/a /i/b && mdconfig -a -t vnode -f /i/b -u 2 && mount /dev/md2 /i/mnt");
    expect(await ok("cat /i/mnt/l; stat -f '%u:%g %l' /i/mnt/d/f; fstyp /i/b")).toBe(
      "text\n3:4 2\nufs\n",
    );
    await ok("echo more >> /i/mnt/l; umount /i/mnt; mdconfig -d -u 2; cmp -s /i/a /i/b || true");
    const bytes = host.machine.files.read(root, "/i/b");
    host.stop();
    host = createConsole({ release });
    host.machine.files.write(root, "/b", bytes);
    await ok("mdconfig -a -t vnode -o readonly -f /b -u 3");
    expect(await complaint("mount /dev/md3 /mnt")).toBe("mount: /dev/md3: Read-only file system\n");
    await ok("mount -o ro /dev/md3 /mnt");
    expect(await ok("cat /mnt/d/f")).toBe("text\nmore\n");
    expect(await complaint("mdconfig -d -u 3")).toContain("Device busy");
  });

  test("growfs makes a file system as large as its image, and fsck finds it clean", async () => {
    host = jailHost(release);
    await makeImage();
    await ok("truncate -s 128m /i/a && mdconfig -a -t vnode -f /i/a -u 1");
    expect(await complaint("growfs /dev/md1")).toContain("give -y");
    expect(await ok("growfs -y /dev/md1")).toContain("super-block backups");
    expect((await host.run("growfs -y md1")).stderr).toBe(
      "growfs: requested size 128MB is equal to the current filesystem size 128MB\n",
    );
    expect(await ok("fsck_ffs -n /dev/md1")).toContain("4 files, ");
    await ok("mount /dev/md1 /i/mnt && head -c 80000000 /dev/zero > /i/mnt/big");
    expect(await ok("cat /i/mnt/l; ls /i/mnt")).toBe("text\n.snap\nbig\nd\nl\n");
    expect(await complaint("growfs -y md7; growfs -y /dev/md7")).toContain("No such file");
  });

  test("partitions of an image are devices, which are mounted and written", async () => {
    host = jailHost(release);
    await makeImage();
    await ok("mkimg -f raw -o /i/r -s gpt -p freebsd-boot::512k -p freebsd-ufs/room:=/i/a");
    expect(await ok("mdconfig -a -t vnode -f /i/r; ls /dev | grep md")).toBe(
      "md0\nmd0\nmd0p1\nmd0p2\nmdctl\n",
    );
    expect(await ok("gpart show -l md0")).toContain("room  (64M)");
    await ok("mount /dev/md0p2 /i/mnt && echo new > /i/mnt/n");
    expect(await ok("gpart list md0 | grep -c r1w1e1")).toContain("1");
    expect(await complaint("mdconfig -d -u 0")).toContain("Device busy");
    await ok("umount /i/mnt && mdconfig -d -u 0 && test ! -e /dev/md0p1");
    await ok("mdconfig -a -t vnode -f /i/r -u 5 && mount /dev/md5p2 /i/mnt");
    expect(await ok("cat /i/mnt/n /i/mnt/d/f")).toBe("new\ntext\n");
    expect(await complaint("gpart show md6")).toBe("gpart: No such geom: md6.\n");
    expect(await complaint("gpart nosuch")).toBe("gpart: Unknown command: nosuch.\n");
  });

  test("mkimg writes the same disk in all formats", async () => {
    host = jailHost(release);
    await makeImage();
    for (const format of ["raw", "qcow2", "vmdk", "vhd", "vhdf"]) {
      await ok(`mkimg -f ${format} -o /i/x.${format} -s gpt -p freebsd-ufs/room:=/i/a`);
    }
    const image = host.machine.files.read(root, "/i/a");
    for (const [format, read] of Object.entries(readers)) {
      const disk = read(host.machine.files.read(root, `/i/x.${format}`));
      expect([format, disk.toString("latin1", 512, 520)]).toEqual([format, "EFI PART"]);
      const first = Number(disk.readBigUInt64LE(1024 + 32)) * 512;
      const found = disk.subarray(first, first + image.length).equals(image);
      expect([format, found]).toEqual([format, true]);
      // The second table is in the last sector.
      expect([format, disk.toString("latin1", disk.length - 512, disk.length - 504)]).toEqual([
        format,
        "EFI PART",
      ]);
    }
    expect(await ok("file -b /i/x.qcow2 /i/x.vmdk /i/a /i /i/x.raw")).toContain("VMware4");
  });

  test("a reboot detaches disks, and what was written before is in their images", async () => {
    host = createConsole({ release, speed: 50, zpool: "tank" });
    await makeImage();
    await ok("zfs create -o mountpoint=/z tank/z && cp /i/a /z/a");
    await ok("mdconfig -a -t vnode -f /z/a -u 1 && mount /dev/md1 /i/mnt && echo late > /i/mnt/l");
    await host.run("reboot");
    expect(await ok("mdconfig -l; zfs mount -a; mdconfig -a -t vnode -f /z/a")).toBe("md0\n");
    expect(await ok("mount /dev/md0 /i/mnt && cat /i/mnt/d/f")).toBe("late\n");
  });

  test("what mkimg cannot do is refused", async () => {
    host = jailHost(release);
    await makeImage();
    const run = "mkimg -o /i/x";
    expect(await complaint(`${run} -f nosuch -s gpt -p freebsd-ufs:=/i/a`)).toBe(
      "mkimg: format: Invalid argument\n",
    );
    expect(await complaint(`${run} -s nosuch -p freebsd-ufs:=/i/a`)).toContain("scheme");
    expect(await complaint(`${run} -s gpt -p nosuch:=/i/a`)).toContain("partition");
    expect(await complaint(`${run} -s gpt -p freebsd-ufs:=/i/none`)).toBe(
      "mkimg: /i/none: No such file or directory\n",
    );
    expect(await complaint(run)).toContain("no partitioning scheme");
    expect(await complaint(`${run} -f vhdx -s gpt -p freebsd-ufs:=/i/a`)).toContain(
      "not supported",
    );
    await ok("test ! -e /i/x");
  });
});

test("a union of two disks takes the changes, which are given up or committed", async () => {
  host = jailHost("15.1-RELEASE-p1");
  await makeImage();
  await ok("mdconfig -a -t vnode -f /i/a -u 1 && mdconfig -a -t swap -s 64m -u 2");
  expect(await complaint("gunion create /dev/md2 /dev/md1")).toContain("not found");
  await ok(
    "kldload geom_union && gunion create /dev/md2 /dev/md1 && mount /dev/md2-md1.union /i/mnt",
  );
  await ok("echo changed > /i/mnt/l");
  expect(await complaint("gunion destroy md2-md1.union; mdconfig -d -u 1")).toContain("busy");
  await ok("umount /i/mnt && gunion revert md2-md1.union && mount /dev/md2-md1.union /i/mnt");
  expect(await ok("cat /i/mnt/l; echo changed > /i/mnt/l; umount /i/mnt")).toBe("text\n");
  expect(await ok("gunion list")).toContain("1. Name: md2-md1.union");
  await ok("gunion commit md2-md1.union && gunion destroy md2-md1.union && mount /dev/md1 /i/mnt");
  expect(await ok("cat /i/mnt/d/f; ls /dev | grep union || true")).toBe("changed\n");
  expect(await complaint("gunion create md2 md9")).toContain("md9");
  expect(await complaint("gunion nosuch")).toContain("Unknown command");
});

/** Readers of the formats, after their specifications. */
const readers: Readonly<Record<string, (image: Buffer) => Buffer>> = {
  raw: (image) => image,
  vhdf: (image) => {
    expect(image.toString("latin1", image.length - 512, image.length - 504)).toBe("conectix");
    return image.subarray(0, Number(image.readBigUInt64BE(image.length - 512 + 48)));
  },
  vhd: (image) => {
    const disk = Buffer.alloc(Number(image.readBigUInt64BE(48)));
    const header = Number(image.readBigUInt64BE(16));
    const table = Number(image.readBigUInt64BE(header + 16));
    const block = image.readUInt32BE(header + 32);
    for (let index = 0; index < image.readUInt32BE(header + 28); index += 1) {
      const at = image.readUInt32BE(table + index * 4);
      if (at !== 0xffffffff)
        image.copy(disk, index * block, at * 512 + 512, at * 512 + 512 + block);
    }
    const footer = Buffer.from(image.subarray(0, 512));
    const sum = footer.readUInt32BE(64);
    footer.writeUInt32BE(0, 64);
    expect((~footer.reduce((all, byte) => all + byte, 0) >>> 0) - sum).toBe(0);
    expect(image.subarray(image.length - 512).equals(image.subarray(0, 512))).toBe(true);
    return disk;
  },
  qcow2: (image) => {
    const disk = Buffer.alloc(Number(image.readBigUInt64BE(24)));
    const cluster = 1 << image.readUInt32BE(20);
    const offset = (at: number) => Number(image.readBigUInt64BE(at) & 0x00fffffffffffe00n);
    const counts = offset(Number(image.readBigUInt64BE(48)));
    const first = Number(image.readBigUInt64BE(40));
    for (let one = 0; one < image.readUInt32BE(36); one += 1) {
      const second = offset(first + one * 8);
      for (let two = 0; second !== 0 && two < cluster / 8; two += 1) {
        const data = offset(second + two * 8);
        if (data === 0) continue;
        expect(image.readUInt16BE(counts + (data / cluster) * 2)).toBe(1);
        image.copy(disk, (one * (cluster / 8) + two) * cluster, data, data + cluster);
      }
    }
    // Each cluster of the file is counted, and no others.
    expect(image.length % cluster).toBe(0);
    expect(image.readUInt16BE(counts + (image.length / cluster - 1) * 2)).toBe(1);
    expect(image.readUInt16BE(counts + (image.length / cluster) * 2)).toBe(0);
    return disk;
  },
  vmdk: (image) => {
    expect(image.toString("latin1", 512, 533)).toBe("# Disk DescriptorFile");
    const disk = Buffer.alloc(Number(image.readBigUInt64LE(12)) * 512);
    const grain = Number(image.readBigUInt64LE(20)) * 512;
    for (const place of [48, 56]) {
      const directory = Number(image.readBigUInt64LE(place)) * 512;
      for (let at = 0; at * grain < disk.length; at += 1) {
        const table = image.readUInt32LE(directory + Math.floor(at / 512) * 4) * 512;
        const data = image.readUInt32LE(table + (at % 512) * 4) * 512;
        if (data !== 0) image.copy(disk, at * grain, data, data + grain);
      }
    }
    return disk;
  },
};

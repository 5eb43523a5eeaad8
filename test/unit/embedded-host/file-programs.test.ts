import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { createDist } from "../../embedded-host/kernel/dist.js";

let host: EmbeddedConsole;
const url = "https://mirror.example.org/base.txz";

beforeAll(() => {
  host = createConsole({
    release: "13.2-RELEASE",
    speed: 1000,
    web: { [url]: "content", "https://mirror.example.org/bad": { error: "Operation timed out" } },
  });
});
afterAll(() => host.stop());

/** Status, output and errors of a line, run in a new directory of its own. */
async function run(line: string, stdin = ""): Promise<[number, string, string]> {
  const setup = "rm -rf /tmp/w; mkdir /tmp/w; cd /tmp/w";
  const { status, stdout, stderr } = await host.run(`${setup}\n${line}`, { stdin });
  return [status, stdout, stderr];
}

async function output(line: string, stdin = ""): Promise<string> {
  return (await run(line, stdin))[1];
}

/** What the machine that runs the tests answers in the same way. */
describe("text tools answer as the system's own", () => {
  const sample = "banana 3\napple 10\ncherry 2\n\napple 10\nBanana: 7; a.b*c\n\tindented\n";
  const directory = mkdtempSync(join(tmpdir(), "h2-"));
  writeFileSync(join(directory, "in"), sample);
  afterAll(() => rmSync(directory, { recursive: true }));
  test.each([
    "sed -n 's/^apple *//p' in",
    "sed 's/a/A/2;s/n/[&]/g' in",
    "sed -E 's/([a-z]+) ([0-9]+)/\\2 \\1/' in",
    "sed -e '2,4d' -e 's#a\\.b\\*c#X/Y#' in",
    "sed -n '/apple/,/cherry/p' in",
    "sed -n '$p' in",
    "sed '/^$/d;$!s/$/./' in",
    "sed -n '/cherry/{s/2/two/;p;}' in",
    "sed '3q' in",
    "sed -n '2{p;q;}' in",
    "sed 'N;s/\\n/+/' in",
    "sed -n '1!G;h;$p' in",
    "sed ':a;s/^\\(x*\\)a/\\1x/;ta' in",
    "sed 'y/abc/xyz/' in",
    "printf 'no end' | sed 's/no/the/'",
    "printf 'a\\nb' | sed q",
    "grep apple in",
    "grep -c apple in",
    "grep -aH apple in",
    "grep -vn a in",
    "grep -E '^(banana|cherry) [0-9]+$' in",
    "grep 'a\\.b\\*c' in",
    "grep -F 'a.b*c' in",
    "grep -x 'apple 10' in",
    "grep -i -e BANANA -e nosuch in",
    "grep -o '[0-9][0-9]*' in",
    "grep -w 'a' in",
    "grep '[[:digit:]]\\{2\\}' in",
    "grep 'b\\(an\\)\\1' in",
    "grep -l apple in /dev/null",
    "grep -q nosuch in; echo $?",
    "grep apple in in | sort | uniq -d",
    "sort in",
    "sort -u in",
    "sort -k 2,2n in",
    "sort -rn -k 2 in",
    "sort -t ' ' -k2 in",
    "head -n 2 in",
    "head -c 5 in",
    "tail -n 2 in",
    "tail -n +3 in",
    "tail -c 4 in",
    "cut -d ' ' -f 1 in",
    "cut -c 2-4 in",
    "cut -s -d ' ' -f 2- in",
    "tr a-z A-Z < in",
    "tr -d '[:digit:]\\n' < in",
    "tr -s 'p' < in",
    "tr -cd 'a-z\\n' < in",
    "basename /a/b.c .c; basename a/; dirname /a/b; dirname a; dirname /",
    "find . -name 'i*' -type f",
    "find . -maxdepth 0 -o -print",
    "find . -type f -exec cat {} +",
    "find . -type f -exec basename {} \\; -o -name nosuch",
    "find . ! -type d -size +0",
    "cksum in",
    "cmp in in && echo same",
    "dd if=in bs=7 count=2 2>/dev/null",
    "dd if=in bs=7 skip=1 count=1 status=none",
  ])("%s", async (line) => {
    const environment = { ...process.env, LC_ALL: "C" };
    const expected = execFileSync("sh", ["-c", `${line} || :`], {
      cwd: directory,
      env: environment,
    });
    const actual = await output(`cat > in\n${line} || :`, sample);
    expect(actual).toBe(expected.toString());
  });
});

describe("columns are FreeBSD's", () => {
  test.each([
    ["printf 'a b\\nc' | wc", "       1       3       5\n"],
    ["printf 'x\\n' > f; wc -l f f", "       1 f\n       1 f\n       2 total\n"],
    ["printf 'a\\na\\nb\\n' | uniq -c", "   2 a\n   1 b\n"],
    ["printf 'hi' | od -An -t x1", `    68  69${" ".repeat(56)}\n`],
    ["printf x > f; cmp f /dev/null || :", ""],
    ["printf ab > f; md5 -r f", "187ef4436122d1cc2f40dc2b92f0eba0 f\n"],
    ["printf hello | b64encode -r; printf aGVsbG8= | b64decode -r", "aGVsbG8=\nhello"],
    ["printf hi | b64encode name", "begin-base64 644 name\naGk=\n====\n"],
  ])("%s", async (line, expected) => {
    expect(await output(line)).toBe(expected);
  });
});

describe("ls", () => {
  test("-s, total and BLOCKSIZE", async () => {
    const line = "printf x > f; BLOCKSIZE=K ls -s; unset BLOCKSIZE; ls -s; ls -1A; ls -aF";
    expect(await output(line)).toBe("total 4\n4 f\ntotal 8\n8 f\nf\n./\n../\nf\n");
  });

  test("operands: files first, then directories under their names", async () => {
    const line = "mkdir d e; touch f d/x; ln -s d l; ls e f l d; ls -d d; ls -R";
    expect(await output(line)).toBe(
      "f\n\nd:\nx\n\ne:\n\nl:\nx\nd\nd\ne\nf\nl\n\n./d:\nx\n\n./e:\n",
    );
  });

  test("others than root do not see hidden names without -A", async () => {
    const files = host.machine.files;
    files.mkdir({ root: "/", cwd: "/" }, "/tmp/hidden");
    files.write({ root: "/", cwd: "/" }, "/tmp/hidden/.x", "");
    expect(await output("ls /tmp/hidden")).toBe(".x\n");
    expect(await output("ls -d /tmp/nosuch; echo $?")).toBe("1\n");
  });

  test("old files show their year", async () => {
    const line = "touch -t 202001020304 f; ls -l f; ls -lT f 2>/dev/null || :";
    expect(await output(line)).toBe("-rw-r--r--  1 root  wheel  0 Jan  2  2020 f\n");
  });
});

describe("modes, owners and flags", () => {
  test.each([
    ["u+x,go-r", "744", "700"],
    ["a=rX", "644", "444"],
    ["+t", "755", "1755"],
    ["g=u,o=g", "640", "666"],
    ["-w", "666", "466"],
    ["u=rws", "600", "4600"],
  ])("chmod %s of %s gives %s", async (change, before, after) => {
    // The umask 022 keeps a change without a name from touching the bits it holds.
    const line = `touch f; chmod ${before} f; chmod ${change} f; stat -f '%Mp%Lp' f`;
    expect(await output(line)).toBe(`${after.padStart(4, "0")}\n`);
  });

  test("-R changes everything below, -h the link itself", async () => {
    const line =
      "mkdir -p d/e; touch d/e/f; ln -s f d/e/l; chmod -R go= d; chown -R www:operator d; " +
      "stat -f '%N %Sp %Su %Sg' d d/e d/e/f d/e/l; chown -h root d/e/l; stat -f %u d/e/l d/e/f";
    expect(await output(line)).toBe(
      "d drwx------ www operator\nd/e drwx------ www operator\n" +
        "d/e/f -rw------- www operator\nd/e/l lrwxr-xr-x www operator\n0\n80\n",
    );
  });

  test("chflags by name, by number and with no", async () => {
    const line =
      "touch f; chflags schg,nodump f; stat -f %Sf f; chflags noschg f; stat -f %Sf f; " +
      "chflags dump f; chflags 0x f; stat -f '%Sf %f' f; chflags 2 f; stat -f '%Sf' f; rm -f f";
    expect(await run(line)).toEqual([
      0,
      "schg,nodump\nnodump\n- 0\nuchg\n",
      "chflags: invalid flag: 0x\n",
    ]);
  });

  test("unknown names and modes are refused", async () => {
    expect((await run("touch f; chown x:y f"))[2]).toBe("chown: x: illegal user name\n");
    expect((await run("touch f; chown :y f"))[2]).toBe("chown: y: illegal group name\n");
    expect((await run("touch f; chmod 9 f"))[2]).toBe("chmod: invalid file mode: 9\n");
  });

  test("stat formats", async () => {
    const line =
      "printf abc > f; chmod 4750 f; ln -s f l; stat -f '%p %Lp %Mp %Hp %Sp %z %l %HT %N%SY' f l; " +
      "stat -L -f %HT l; stat -f '%5z|%-5z|%05z' f; stat -q nosuch";
    expect(await run(line)).toEqual([
      1,
      "104750 750 4 10 -rwsr-x--- 3 1 Regular File f\n" +
        "120755 755 0 12 lrwxr-xr-x 1 1 Symbolic Link l -> f\n" +
        "Regular File\n    3|3    |00003\n",
      "",
    ]);
  });
});

describe("copying, moving and removing", () => {
  test("cp -Rp keeps modes, owners and links, cp -R takes the umask", async () => {
    const line =
      "mkdir -m 700 s; printf x > s/f; chmod 666 s/f; chown www s/f; ln -s f s/l; " +
      "cp -Rp s p; cp -R s c; stat -f '%N %Lp %Su' p p/f c c/f; readlink p/l c/l";
    expect(await output(line)).toBe("p 700 root\np/f 666 www\nc 700 root\nc/f 644 root\nf\nf\n");
  });

  test("cp complains of directories, of itself, and keeps what is there with -n", async () => {
    expect(await run("mkdir d; cp d e")).toEqual([1, "", "cp: d is a directory (not copied).\n"]);
    expect(await run("touch f; cp f f")).toEqual([
      1,
      "",
      "cp: f and f are identical (not copied).\n",
    ]);
    expect(await output("echo a > a; echo b > b; cp -n a b; cat b; cp a b; cat b")).toBe("b\na\n");
  });

  test("mv enters directories, keeps with -n, and goes across file systems", async () => {
    const line =
      "mkdir d; echo 1 > f; chmod 600 f; mv f d; cat d/f; echo 2 > g; mv -n g d/f; cat d/f; " +
      "mv d/f nosuch/f; mv a b c";
    expect(await run(line)).toEqual([
      1,
      "1\n1\n",
      "mv: rename d/f to nosuch/f: No such file or directory\nmv: c is not a directory\n",
    ]);
    const { files } = host.machine;
    const mount = { from: "tmpfs", on: "/mnt", type: "tmpfs", options: ["rw"], given: [] };
    files.mount(mount, { volume: files.createVolume() });
    const across =
      "mkdir d; echo x > d/f; chmod 640 d/f; mv d /mnt/moved; ls; stat -f %Lp /mnt/moved/f; mv /mnt x";
    expect(await run(across)).toEqual([1, "640\n", "mv: cannot rename a mount point\n"]);
    files.unmount("/mnt");
  });

  test("rm refuses directories, dots and the root, and clears flags that users can set", async () => {
    expect(await run("mkdir d; rm d; rm -f nosuch; rm . /; rm -d d; ls")).toEqual([
      0,
      "",
      'rm: d: is a directory\nrm: "." and ".." may not be removed\nrm: "/" may not be removed\n',
    ]);
    expect(await run("mkdir d; touch d/f; chflags uchg d/f d; rm -rf d; ls")).toEqual([0, "", ""]);
  });

  test("ln -f replaces, -h does not enter a link to a directory, links count", async () => {
    const line =
      "mkdir d; ln -s d l; ln -sfh x l; readlink l; touch f; ln f g; stat -f %l f; ln -s a b f; ln d h";
    expect(await run(line)).toEqual([
      1,
      "x\n2\n",
      "ln: f: Not a directory\nln: d: Is a directory\n",
    ]);
  });

  test("mkdir -p and -m, rmdir -p, touch -c, truncate, install, mktemp", async () => {
    expect(await run("mkdir -pm 700 a/b/c; stat -f %Lp a a/b/c; rmdir -p a/b/c; ls")).toEqual([
      ...[0, "755\n700\n", ""],
    ]);
    expect(
      await run("touch f; mkdir -p f/x; touch -c no; truncate -s +2k f; stat -f %z f"),
    ).toEqual([...[0, "2048\n", "mkdir: f: Not a directory\n"]]);
    expect(await output("echo x > f; install -m 640 -o www -g www f g; stat -f '%Lp %Su' g")).toBe(
      "640 www\n",
    );
    expect(await output("mktemp -d x.XXXX | grep -c '^x\\.[A-Za-z0-9]\\{4\\}$'; ls | wc -l")).toBe(
      "1\n       1\n",
    );
  });
});

describe("find", () => {
  test("flags, users, times, emptiness and -delete", async () => {
    const line =
      "mkdir -p d/e; touch -t 202001010000 d/old; touch d/new; chown www d/new; chflags nodump d/old; " +
      "find d -flags +nodump; find d -user www; find d -newer d/old -type f; find d -empty | sort; " +
      "find d -delete; ls";
    expect(await output(line)).toBe("d/old\nd/new\nd/new\nd/e\nd/new\nd/old\n");
  });

  test("-x and -prune keep out, -print0 separates", async () => {
    expect(
      await output(
        "mkdir -p a/b c; find . -name a -prune -o -type d -print; find c -print0 | od -c | head -1",
      ),
    ).toBe(`.\n./c\n0000000    c  \\0${" ".repeat(56)}\n`);
  });

  test("errors", async () => {
    expect(await run("find /nosuch")).toEqual([
      1,
      "",
      "find: /nosuch: No such file or directory\n",
    ]);
    expect((await run("find . -foo"))[2]).toBe("find: -foo: unknown primary or operator\n");
  });
});

describe("tar", () => {
  test("a copy keeps links, owners, modes and flags", async () => {
    const line =
      "mkdir -p s/d; echo x > s/d/f; ln s/d/f s/hard; ln -s d/f s/l; chown www:www s/d/f; chmod 4750 s/d/f; " +
      "chflags schg s/d/f; mkdir t; tar -cf - -C s . | tar -xpf - -C t; " +
      "stat -f '%N %l %Sp %Su %Sf%SY' t/d/f t/hard t/l; chflags -R 0 s t";
    expect(await output(line)).toBe(
      "t/d/f 2 -rwsr-x--- www schg\nt/hard 2 -rwsr-x--- www schg\nt/l 1 lrwxr-xr-x root - -> d/f\n",
    );
  });

  test("-T archives what a list names, -n without what is in directories", async () => {
    const line =
      "mkdir -p s/d t; echo 1 >s/d/f; echo 2 >s/d/g; printf 'd\\nd/f\\n' | tar -cf - -n -C s -T - | tar -xpf - -C t; find t; " +
      "printf './d\\0' | tar -cf - --null -C s -T - | tar -tf -";
    expect(await output(line)).toBe("t\nt/d\nt/d/f\n./d/\n./d/f\n./d/g\n");
  });

  test("names beyond ASCII are bytes in the C locale, and UTF-8 to a UTF-8 locale only", async () => {
    const { run } = host;
    await run("mkdir -p /tmp/names; cd /tmp/names; touch \u00e9");
    const copy = "mkdir -p t; tar -cf - \u00e9 | tar -xpf - -C t; echo $?; ls t";
    expect((await run(`cd /tmp/names; LC_ALL=C; export LC_ALL; ${copy}`)).stdout).toBe(
      "0\n\u00e9\n",
    );
    await run("cd /tmp/names; LC_ALL=C.UTF-8 tar -cf x.tar \u00e9");
    expect((await run("cd /tmp/names; LC_ALL=C.UTF-8 tar -tf x.tar")).status).toBe(0);
    expect(await run("cd /tmp/names; LC_ALL=C tar -xf x.tar -C t")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Pathname can't be converted from UTF-8 to current locale"),
    });
  });

  test("prints no name as it is but those of owners, and these not with --numeric-owner", async () => {
    const [, output] = await run(
      "mkdir /tmp/odd; cd /tmp/odd; touch 'a\nb' 'c\\d' \u00e9; ln -s 'x\ny' l; chown -h 80:80 l; tar -cf ../odd.tar -n * ; " +
        "tar -tf ../odd.tar; LC_ALL=C.UTF-8 tar -tf ../odd.tar; " +
        "tar -tvf ../odd.tar --numeric-owner | cut -c 1-34; tar -tvf ../odd.tar | tail -n 2 | cut -c 1-34,49-",
    );
    const names = ["a\\nb", "c\\\\d", "l"];
    const file = "-rw-r--r--  0 0      0           0";
    expect(output.split("\n")).toEqual([
      ...[...names, "\\303\\251", ...names, "\u00e9"],
      ...[file, file, "lrwxr-xr-x  0 80     80          0", file],
      "lrwxr-xr-x  0 www    www         0l -> x\\ny",
      "-rw-r--r--  0 root   wheel       0\\303\\251",
      "",
    ]);
  });

  test("what it writes is read by the system's tar, also names of any length", async () => {
    const long = `${"d".repeat(120)}/${"é".repeat(60)}`;
    await run(
      `mkdir ${"d".repeat(120)}; echo text > ${long}; ln -s ${"t".repeat(150)} l; tar -cf ../x.tar .`,
    );
    const bytes = host.machine.files.read({ root: "/", cwd: "/" }, "/tmp/x.tar");
    const listed = execFileSync("tar", ["-tf", "-", "--quoting-style=literal"], { input: bytes });
    expect(listed.toString().trim().split("\n")).toEqual([
      ...["./", `./${"d".repeat(120)}/`, `./${long}`, "./l"],
    ]);
    const content = execFileSync("tar", ["-xOf", "-", `./${long}`], { input: bytes });
    expect(content.toString()).toBe("text\n");
  });

  test("holes stay holes in copies and archives, also for the system's tar", async () => {
    const line =
      "printf x > s; truncate -s 1g s; cp s c; mkdir t; tar -cf ../x.tar s; tar -xf ../x.tar -C t; " +
      "stat -f '%z %b' s c t/s; tar -tvf ../x.tar | cut -c 27-37";
    const sparse = "1073741824 256\n";
    expect(await output(line)).toBe(`${sparse}${sparse}${sparse} 1073741824\n`);
    const bytes = host.machine.files.read({ root: "/", cwd: "/" }, "/tmp/x.tar");
    expect(bytes.length).toBeLessThan(10_000);
    const listed = execFileSync("tar", ["-tvf", "-"], { input: bytes }).toString();
    expect(listed).toContain(" 1073741824 ");
  });

  test("gzip, listing, selection, strip and exclude", async () => {
    const line =
      "mkdir -p a/b; echo 1 > a/f; echo 2 > a/b/g; tar -czf x.tgz a; tar -tf x.tgz; mkdir t; " +
      "tar -xf x.tgz -C t a/b; tar -xf x.tgz --strip-components 1 --exclude g -C t; find t -type f; " +
      "tar -xOf x.tgz a/f; tar -xf x.tgz nosuch";
    expect(await run(line)).toEqual([
      1,
      "a/\na/b/\na/b/g\na/f\nt/a/b/g\nt/f\n1\n",
      "tar: nosuch: Not found in archive\ntar: Error exit delayed from previous errors.\n",
    ]);
  });

  test("nothing is written outside of the directory", async () => {
    const line =
      "mkdir out t; echo evil > evil; ln -s ../out t/link; mkdir link; cp evil link/evil; " +
      "tar -cf a.tar link/evil; tar -xf a.tar -C t; tar -cPf b.tar /tmp/w/evil ../w/evil; tar -xf b.tar -C t; " +
      "ls out; find t | sort; tar -xUf a.tar -C t && cat t/link/evil";
    expect(await run(line)).toEqual([
      0,
      "t\nt/link\nt/tmp\nt/tmp/w\nt/tmp/w/evil\nevil\n",
      "link/evil: Cannot extract through symlink link/evil: No such file or directory\n" +
        "tar: Error exit delayed from previous errors.\n" +
        "tar: Removing leading '/' from member names\n" +
        "../w/evil: Path contains '..': No such file or directory\n" +
        "tar: Error exit delayed from previous errors.\n",
    ]);
  });

  test("a directory that is protected takes no new time", async () => {
    const line =
      "mkdir -p s/empty; tar -cf a.tar -C s .; chflags schg s/empty; tar -xpf a.tar -C s; chflags 0 s/empty";
    expect(await run(line)).toEqual([
      0,
      "",
      "./empty/: Can't restore time: Operation not permitted\n" +
        "tar: Error exit delayed from previous errors.\n",
    ]);
  });

  test("a full disk is reported for each member, and the rest goes on", async () => {
    const { files } = host.machine;
    const where = { root: "/", cwd: "/" };
    const volume = files.createVolume({ capacity: 120_000 });
    const mount = { from: "/dev/md5", on: "/mnt", type: "ufs", options: ["rw"], given: [] };
    files.mount(mount, { volume });
    const dist = await createDist({ release: "13.2-RELEASE", programs: { cat: "/bin" } });
    files.write(where, "/tmp/base.txz", dist["base.txz"] as Buffer);
    const [status, , errors] = await run("tar -xpf /tmp/base.txz -C /mnt");
    expect(status).toBe(1);
    expect(errors).toContain("./bin/csh: Write failed: No space left on device\n");
    expect(errors).toContain("./boot/: Can't create 'boot': No space left on device\n");
    expect(errors).toContain(
      "./boot/kernel/kernel: Failed to create dir 'boot': No space left on device\n",
    );
    expect(await run("cp /tmp/base.txz /mnt/g")).toEqual([
      ...[1, "", "cp: /tmp/base.txz: No space left on device\n"],
    ]);
    expect(await run("fetch -q -o /mnt/h file:///tmp/base.txz; ls /mnt/h")).toEqual([
      1,
      "",
      "fetch: /mnt/h: No space left on device\nls: /mnt/h: No such file or directory\n",
    ]);
    expect((await run("truncate -s 1g /mnt/sparse"))[2]).toBe(
      "truncate: /mnt/sparse: No space left on device\n",
    );
    volume.quota = true;
    expect((await run("dd if=/dev/zero of=/mnt/bin/x bs=1k count=1"))[2]).toMatch(
      /^dd: \/mnt\/bin\/x: Disc quota exceeded\n1\+0 records in\n0\+0 records out\n0 bytes /,
    );
    files.unmount("/mnt");
  });
});

describe("fetch", () => {
  test("answers of the web, of files, and why there are none", async () => {
    expect(await output(`fetch -q -o - ${url}; fetch -s ${url}; fetch -q ${url}; ls`)).toBe(
      "content7\nbase.txz\n",
    );
    const errors = [
      ["https://mirror.example.org/bad", "Operation timed out"],
      ["https://mirror.example.org/nosuch", "Not Found"],
      ["https://other.example.org/x", "Host does not resolve"],
      ["http://10.0.0.1/x", "Connection refused"],
      ["file:///nosuch", "No such file or directory"],
    ];
    for (const [address, reason] of errors) {
      expect(await run(`fetch -q -o f ${address}`)).toEqual([
        1,
        "",
        `fetch: ${address}: ${reason}\n`,
      ]);
    }
  });
});

test("unknown options are usage errors with the tool's own status", async () => {
  const statuses = {
    mkdir: 64,
    rm: 64,
    mv: 64,
    cp: 64,
    ls: 1,
    stat: 1,
    grep: 2,
    sort: 2,
    install: 64,
  };
  for (const [name, expected] of Object.entries(statuses)) {
    const [status, , errors] = await run(`${name} -@ x y`);
    expect({ name, status }).toEqual({ name, status: expected });
    expect(errors).toMatch(new RegExp(`^${name}: illegal option -- @\nusage: ${name} `));
  }
});

test("digest tools with GNU's names exist on 15.1 only", async () => {
  const line =
    "printf ab > f; sha256sum f > list; sha256sum -c list; printf c > f; sha256sum -c list";
  expect((await run(line))[0]).toBe(127);
  const newer = createConsole({ release: "15.1-RELEASE-p1" });
  const answer = await newer.run(`cd /tmp; ${line}; cut -c 65- list`);
  expect([answer.status, answer.stdout]).toEqual([0, "f: OK\nf: FAILED\n  f\n"]);
  newer.stop();
});

test("endless devices and tools end with their readers", async () => {
  expect(
    await output("head -c 70000 /dev/zero | wc -c; yes | head -n 2; head -c 4 /dev/random | wc -c"),
  ).toBe("   70000\ny\ny\n       4\n");
  expect(await output("dd if=/dev/zero bs=1k count=3 of=f 2>&1 | head -2; stat -f %z f")).toBe(
    "3+0 records in\n3+0 records out\n3072\n",
  );
});

test("du and df count a file with several links once, and show what is free", async () => {
  expect(
    await output("mkdir d; head -c 5000 /dev/zero > d/f; ln d/f d/g; du -sk d; du -ak d"),
  ).toBe("12\td\n8\td/f\n12\td\n");
  const [header, row] = (await output("df -k /")).split("\n");
  expect(header).toMatch(/^Filesystem +1024-blocks +Used +Avail Capacity {2}Mounted on$/);
  expect(row).toMatch(/^\/dev\/gpt\/rootfs +10143484 +\d+ +\d+ +\d+% {4}\/$/);
});

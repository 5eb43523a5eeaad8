/**
 * Other names, addresses and paths than the recorded ones, for commands, their input and their answers alike: what
 * answers under these as well was not taken from a recording. Most are as long as the recorded ones, because
 * columns are laid out by length.
 */

interface Substitution {
  readonly pattern: RegExp;
  readonly by: string;
}

const jails: readonly Substitution[] = [
  // Wherever it stands: sed(1) makes zweb of it.
  { pattern: /web/g, by: "vex" },
  { pattern: /(?<=containers\/)www\b|\bwww(?=\.example)/g, by: "shp" },
  { pattern: /(?<![A-Za-z])bad(?=\d*\b)(?! numeric| value|-)/g, by: "sly" },
  { pattern: /\bdb\b(?<!\/var\/db|\d:\d\d db)/g, by: "ab" },
  { pattern: /\bthin\b/g, by: "slim" },
  { pattern: /\bvn\b/g, by: "zk" },
  { pattern: /\bbare\b/g, by: "nude" },
  { pattern: /\bslow\b/g, by: "lazy" },
];

const addresses: readonly Substitution[] = [
  { pattern: /\b1([0-3]\d)\b(?<=10\.0\.2\.\d+|s\/\d+|s\/101\/\d+)/g, by: "2$1" },
  { pattern: /\b10\.50\.0\b/g, by: "10.60.1" },
  { pattern: /\b10\.9\.9\b/g, by: "10.8.7" },
  { pattern: /\b10\.1\.1\.1\b/g, by: "10.4.3.2" },
  { pattern: /\b10\.17\.0\b/g, by: "10.18.9" },
  { pattern: /\bfd00:1::1/g, by: "fd00:3::2" },
];

const places: readonly Substitution[] = [
  { pattern: /\/usr\/local\/jails\b/g, by: "/usr/local/rooms" },
  { pattern: /\bcontainers\b/g, by: "apartments" },
  { pattern: /\btemplates\/(\.?)13\.2-RELEASE\b/g, by: "templates/$1base-release" },
  { pattern: /\/jz\b/g, by: "/pz" },
  { pattern: /\btank\b/g, by: "pond" },
  { pattern: /\bbastille/g, by: "bastions" },
  { pattern: /\/tmp\/m\b/g, by: "/tmp/n" },
  { pattern: /\/tmp\/t\b/g, by: "/tmp/u" },
  { pattern: /\/tmp\/img\b/g, by: "/tmp/dsk" },
  { pattern: /\/tmp\/l\b/g, by: "/tmp/a-lock-file" },
  { pattern: /\/tmp\/full\b/g, by: "/tmp/disk" },
];

const others: readonly Substitution[] = [
  { pattern: /\bacme\/prod\b/g, by: "bold/test" },
  { pattern: /\bacme:(?=\w)/g, by: "org.bold:" },
  { pattern: /\bepair7/g, by: "epair4" },
  { pattern: /\bapp\b/g, by: "worker" },
  { pattern: /\b2001\b(?=[: ])/g, by: "2345" },
  { pattern: /\bstaffx\b/g, by: "crew" },
  { pattern: /\b3001\b/g, by: "4001" },
  { pattern: /\bsome text\b/g, by: "last word" },
];

/** Puts the other names in. */
export function rename(text: string): string {
  return [...jails, ...addresses, ...places, ...others].reduce(
    (result, { pattern, by }) => result.replace(pattern, by),
    text,
  );
}

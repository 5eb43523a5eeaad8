/** Files that a jail is to have: those that are declared, and those that other properties stand for. */
import { digestOf } from "../freebsd/inside.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { repositoryFiles } from "./jail-repositories.js";

export type DesiredFile = JailInputs["files"][string];

/** The bytes that it is to have. */
export const bytesOf = ({ content = "", base64 }: DesiredFile): string | Buffer =>
  base64 === undefined ? content : Buffer.from(base64, "base64");

export const resolverPath = "/etc/resolv.conf";
export const hostsPath = "/etc/hosts";

/** Content, mode and owner by path; /etc/hosts names the addresses that the jail has now. */
export function desiredFiles(
  inputs: JailInputs,
  { addresses }: Pick<JailObserved, "addresses">,
): Record<string, DesiredFile> {
  const { files, resolver, hosts, repositories } = inputs;
  const own = addresses.flatMap((each) => (each === undefined ? [] : [each.address]));
  return {
    ...files,
    ...repositoryFiles(repositories),
    ...(typeof resolver === "string" ? {} : { [resolverPath]: plain(resolverLines(resolver)) }),
    ...(hosts === "none" ? {} : { [hostsPath]: plain(hostLines(inputs, own)) }),
  };
}

/** Their paths, which do not hang on what the jail has. */
export const desiredPaths = (inputs: JailInputs): string[] =>
  Object.keys(desiredFiles(inputs, { addresses: [] }));

/** /etc/hosts of a jail that does not declare it any more: one without it would not know localhost. */
export const plainHosts = () => plain(localhost);

const plain = (lines: readonly string[]): DesiredFile & { content: string } => ({
  content: lines.map((line) => `${line}\n`).join(""),
  mode: "0644",
  owner: "0:0",
});

function resolverLines(resolver: Exclude<JailInputs["resolver"], string>): string[] {
  return [
    ...(resolver.search.length > 0 ? [`search ${resolver.search.join(" ")}`] : []),
    ...resolver.nameservers.map((server) => `nameserver ${server}`),
    ...(resolver.options.length > 0 ? [`options ${resolver.options.join(" ")}`] : []),
  ];
}

/** As in FreeBSD's own file. In a jail without a loopback address the kernel takes its first address for them. */
const localhost = ["::1\tlocalhost", "127.0.0.1\tlocalhost"];

/** A jail without an address of its own knows itself by the loopback's. */
function hostLines({ hosts, hostname, name }: JailInputs, addresses: readonly string[]): string[] {
  const full = hostname ?? name;
  const names = [...new Set([full, full.split(".")[0]])].join(" ");
  const own = addresses.length === 0 ? ["127.0.0.1"] : addresses;
  const others = typeof hosts === "string" ? [] : Object.entries(hosts);
  return [
    ...localhost,
    ...own.map((address) => `${address}\t${names}`),
    // The engine gives no order of keys.
    ...others
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([other, list]) => [list].flat().map((address) => `${address}\t${other}`)),
  ];
}

/** Digest of all that is declared of files; kept on the host of those that cannot be seen. */
export function filesDigest(inputs: JailInputs, observed: Pick<JailObserved, "addresses">): string {
  const files = Object.entries(desiredFiles(inputs, observed)).sort(([a], [b]) => (a < b ? -1 : 1));
  return `sha256:${digestOf(JSON.stringify([inputs.resolver === "host", ...files]))}`;
}

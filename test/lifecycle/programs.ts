/** Programs that several tests run. */
import type { Declaration, Properties } from "./engine.js";

export type HostInput = string | Properties;

export const release = "15.1-RELEASE";

export const base = (host: HostInput, more: Properties = {}): Declaration => ({
  kind: "BaseRelease",
  name: "base",
  inputs: () => ({ host, release, ...more }),
});

export const range = (host: HostInput, more: Properties = {}): Declaration => ({
  kind: "IpRange",
  name: "lan",
  inputs: () => ({ host, cidr: "10.20.0.0/28", interface: "vtnet0", ...more }),
});

export const baseOf = (outputs: Record<string, Properties>, name = "base"): Properties => {
  const { templateName, path, dataset, kind, release: asked } = outputs[name] ?? {};
  return { templateName, path, dataset, kind, release: asked };
};

export const rangeOf = (outputs: Record<string, Properties>, name = "lan"): Properties => {
  const { cidr, first, last, prefixLength, exclude, gateway, ...rest } = outputs[name] ?? {};
  return {
    kind: "range",
    cidr,
    first,
    last,
    interface: rest.interface,
    prefixLength,
    exclude,
    gateway,
  };
};

export const jail = (host: HostInput, name: string, more: Properties = {}): Declaration => ({
  kind: "Jail",
  name,
  inputs: (outputs) => ({
    host,
    name,
    base: baseOf(outputs),
    addresses: outputs.lan === undefined ? [] : [rangeOf(outputs)],
    ...more,
  }),
});

/** A script of rc.d whose service is a file: it runs while the file is there. */
export const serviceScript = `#!/bin/sh
case $1 in
onestart) : >/var/run/app.pid;;
onestop) rm /var/run/app.pid;;
onestatus) [ -f /var/run/app.pid ];;
esac
`;

/** Changes of properties that are refused at check: what is declared first, and then. */

export interface Refusal {
  readonly property: string;
  /** What is refused of it. */
  readonly what: string;
  /** Inputs of the jail that is there; `thin` is a split base. */
  readonly from: string;
  readonly to: string;
  /** The path of the property, and why. */
  readonly says: RegExp;
}

const image = (size: string) => `base, type: "image", image: { size: "${size}" }`;
const thin = (size: string) =>
  `base: thin, type: "thin", readWrite: { image: { size: "${size}" } }`;

export const refused: readonly Refusal[] = [
  {
    property: "type",
    what: "from an image",
    from: image("96m"),
    to: 'base, type: "thick"',
    says: /property type .*cannot be converted from image to thick/s,
  },
  {
    property: "type",
    what: "to an empty jail",
    from: "base",
    to: 'type: "empty"',
    says: /property type .*an empty one has no base/s,
  },
  {
    property: "readWrite",
    what: "another size",
    from: thin("64m"),
    to: thin("96m"),
    says: /property readWrite .*an image of 64m to an image of 96m.*would destroy its data/s,
  },
  {
    property: "image",
    what: "a smaller one",
    from: image("96m"),
    to: image("64m"),
    says: /property image .*a UFS can only grow/s,
  },
  {
    property: "image",
    what: "none any more",
    from: image("96m"),
    to: 'base, type: "image"',
    says: /property image .*is needed for type "image"/s,
  },
  {
    property: "base",
    what: "none any more",
    from: "base",
    to: "",
    says: /property base /,
  },
  {
    property: "adopt",
    what: "another root",
    from: "base",
    to: 'adopt: { path: "/jails/other" }',
    says: /property adopt .*stays there/s,
  },
];

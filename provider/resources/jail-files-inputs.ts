/** What a program may declare of a file. */
import { z } from "zod";

const base64 = z
  .string()
  .max(5_333_336, "must be at most 4000000 bytes long")
  .refine((text) => Buffer.from(text, "base64").toString("base64") === text, "must be base64");

const fileFields = z.object({
  content: z.string().max(1_000_000, "must be at most 1000000 characters long").optional(),
  /** Of what is no text; the SDK reads assets. */
  base64: base64.optional(),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'must be an octal mode such as "0644"')
    .default("0644")
    .transform((mode) => mode.padStart(4, "0")),
  owner: z
    .string()
    .regex(/^\d{1,10}:\d{1,10}$/, 'must be "uid:gid" in numbers')
    .refine(
      (owner) => owner.split(":").every((id) => Number(id) < 4_294_967_295),
      "must be numbers up to 4294967294",
    )
    .default("0:0"),
});

/** Either has the bytes of the file. */
export const fileShape = fileFields.refine(
  (file) => (file.content === undefined) !== (file.base64 === undefined),
  "must have either content or source",
);

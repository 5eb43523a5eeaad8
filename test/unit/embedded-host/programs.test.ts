/** The tables of programs: each tool has one maker and one place. */
import { expect, it } from "vitest";
import { filePrograms } from "../../embedded-host/programs/files/index.js";
import { jailPrograms } from "../../embedded-host/programs/jails/index.js";
import { programLocations } from "../../embedded-host/programs/locations.js";
import { processPrograms } from "../../embedded-host/programs/process/index.js";
import { systemPrograms } from "../../embedded-host/programs/system/index.js";
import { zfsPrograms } from "../../embedded-host/programs/zfs/index.js";

const tables = [processPrograms, filePrograms, jailPrograms, systemPrograms, zfsPrograms];
const names = tables.flatMap((table) => Object.keys(table));

it("has no tool twice", () => {
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("knows where every tool lives", () => {
  const locations = programLocations("15.1-RELEASE-p1");
  expect(names.filter((name) => locations[name] === undefined)).toEqual([]);
});

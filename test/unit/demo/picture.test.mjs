import { describe, expect, it } from "vitest";
import { readLines } from "../../../examples/demo/ansi.mjs";
import { drawTerminal } from "../../../examples/demo/svg.mjs";

describe("readLines", () => {
  it("splits a line at its colour codes", () => {
    expect(readLines("a\u001b[1;31mb\u001b[0mc")).toEqual([
      [{ text: "a" }, { text: "b", bold: true, color: "#ff7b72" }, { text: "c" }],
    ]);
  });

  it("carries a style over the end of a line, and ends parts of it", () => {
    expect(readLines("\u001b[1m\u001b[38;5;2ma\n\u001b[22mb\u001b[39mc")).toEqual([
      [{ text: "a", bold: true, color: "#3fb950" }],
      [{ text: "b", color: "#3fb950" }, { text: "c" }],
    ]);
  });

  it.each([
    ["38;5;16", "rgb(0,0,0)"],
    ["38;5;21", "rgb(0,0,255)"],
    ["38;5;231", "rgb(255,255,255)"],
    ["38;5;232", "rgb(8,8,8)"],
    ["38;2;1;2;3", "rgb(1,2,3)"],
    ["97", "#ffffff"],
  ])("knows the colour %s", (code, color) => {
    expect(readLines(`\u001b[${code}mx`)).toEqual([[{ text: "x", color }]]);
  });
});

describe("drawTerminal", () => {
  it("puts pieces at their columns, cuts at the width and escapes", () => {
    const svg = drawTerminal(readLines("ab<\u001b[32m&cdef"), { columns: 5, title: "a > b" });
    expect(svg).toContain('<tspan x="16.0" textLength="23.4">ab&lt;</tspan>');
    expect(svg).toContain('<tspan x="39.4" textLength="15.6" fill="#3fb950">&amp;c</tspan>');
    expect(svg).toContain("<title>a &gt; b</title>");
  });

  it("leaves out characters that XML does not allow", () => {
    expect(drawTerminal(readLines("a\u0007b\u001b]0;x"))).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f]/,
    );
  });
});

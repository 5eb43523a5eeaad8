/** Draws lines of styled text as a terminal window in SVG. */

const cell = { width: 7.8, height: 18 };
const margin = { side: 16, top: 44, bottom: 16 };
const fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** `lines` as `readLines` gives them; longer ones than `columns` are cut. */
export function drawTerminal(lines, { columns = 110, title = "" } = {}) {
  const width = Math.ceil(columns * cell.width + 2 * margin.side);
  const height = margin.top + lines.length * cell.height + margin.bottom;
  const rows = lines.map((pieces, row) => drawLine(pieces, row, columns));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="${fonts}" font-size="13" fill="#c9d1d9">
<title>${escapeText(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/><circle cx="60" cy="18" r="6" fill="#27c93f"/>
<text x="${width / 2}" y="22" text-anchor="middle" fill="#8b949e">${escapeText(title)}</text>
${rows.filter(Boolean).join("\n")}
</svg>
`;
}

/** Every piece is put at its column, so that tables stay straight whatever the font's width is. */
function drawLine(pieces, row, columns) {
  const y = margin.top + row * cell.height + 13;
  let column = 0;
  const spans = [];
  for (const { text, ...style } of pieces) {
    const shown = text.slice(0, Math.max(0, columns - column));
    if (shown.trim()) spans.push(drawPiece(shown, column, style));
    column += text.length;
  }
  return spans.length > 0 ? `<text y="${y}" xml:space="preserve">${spans.join("")}</text>` : "";
}

function drawPiece(text, column, { color, bold, dim, underline }) {
  const attributes = [
    `x="${(margin.side + column * cell.width).toFixed(1)}"`,
    `textLength="${(text.length * cell.width).toFixed(1)}"`,
    ...(color ? [`fill="${color}"`] : []),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity="0.6"'] : []),
    ...(underline ? ['text-decoration="underline"'] : []),
  ];
  return `<tspan ${attributes.join(" ")}>${escapeText(text)}</tspan>`;
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Control characters other than tabs have no place in XML. */
function escapeText(text) {
  const clean = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
  return clean.replace(/[&<>]/g, (each) => entities[each]);
}

import { path, svg } from "./icons.js";

const size = 29;

// code draws what looks like a QR code and says nothing: the phone beside it is
// simulated too. The same text always looks the same.
export function code(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
  const bit = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & 4) === 0;
  };
  let d = "";
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (dark(x, y) ?? bit()) d += `M${x} ${y}h1v1h-1z`;
  const node = svg(`-2 -2 ${size + 4} ${size + 4}`, path(`M-2-2h${size + 4}v${size + 4}h-${size + 4}z`, { fill: "#fff" }), path(d, { fill: "#111" }));
  node.classList.add("qr");
  node.setAttribute("shape-rendering", "crispEdges");
  return node;
}

// dark says what the three finders look like, and undefined anywhere else.
function dark(x, y) {
  for (const [left, top] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
    const dx = x - left, dy = y - top;
    if (dx < -1 || dy < -1 || dx > 7 || dy > 7) continue;
    const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3));
    return ring !== 2 && ring < 4;
  }
  return undefined;
}

// Markdown as Teams reads it in a TextBlock: bold, italic, lists and links, and
// nothing else (Teams: "Format cards in Teams"). Every character of the text is
// escaped first, so that no HTML but this file's own comes out.

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (c) => entities[c]);

// A backslash makes the next punctuation mark plain. It is kept out of the way as
// a private-use character until the end, and so are links, whose addresses may
// hold any mark.
const plainFrom = 0xe000;
const linkFrom = 0xe100;
const hide = (text) =>
  text
    .replace(/[\ue000-\uf8ff]/g, "")
    .replace(/\\([!-/:-@[-`{-~])/g, (_, c) => String.fromCharCode(plainFrom + c.charCodeAt(0)));
const reveal = (text) => text.replace(/[\ue000-\ue07f]/g, (c) => escape(String.fromCharCode(c.charCodeAt(0) - plainFrom)));

function inline(text) {
  const links = [];
  const keep = (html) => String.fromCharCode(linkFrom + links.push(html) - 1);
  return text
    .replace(/(?<!!)\[([^\]]+)\]\((https?:\/\/[^\s()]+)\)/g, (_, label, to) =>
      keep(`<a href="${to}" target="_blank" rel="noopener noreferrer">${emphasis(label)}</a>`))
    .replace(/^.*$/s, emphasis)
    .replace(/[\ue100-\uf8ff]/g, (c) => links[c.charCodeAt(0) - linkFrom] ?? "");
}

const emphasis = (text) =>
  text
    .replace(/&lt;at&gt;(.+?)&lt;\/at&gt;/g, '<span class="mention">$1</span>')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, "<strong>$2</strong>")
    .replace(/(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])/g, "<em>$1</em>")
    .replace(/(?<!\w)_(?=[^\s_])(.+?)(?<=[^\s_])_(?!\w)/g, "<em>$1</em>");

const bullet = /^\s*[-*+]\s+(.*)$/;
const numbered = /^\s*\d+[.)]\s+(.*)$/;

// blocks groups lines into paragraphs and lists.
function blocks(lines) {
  const out = [];
  for (const line of lines) {
    const item = line.match(bullet) ?? line.match(numbered);
    const kind = item ? (bullet.test(line) ? "ul" : "ol") : "p";
    const last = out.at(-1);
    if (!item && line.trim() === "") out.push({ kind: "", lines: [] });
    else if (last?.kind === kind) last.lines.push(item ? item[1] : line);
    else out.push({ kind, lines: [item ? item[1] : line] });
  }
  return out.filter((block) => block.kind);
}

export function markdown(text) {
  const html = blocks(escape(hide(text.replace(/\r\n?/g, "\n"))).split("\n")).map(({ kind, lines }) =>
    kind === "p" ? `<p>${lines.map(inline).join("<br>")}</p>` : `<${kind}>${lines.map((l) => `<li>${inline(l)}</li>`).join("")}</${kind}>`,
  );
  return reveal(html.join(""));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown } from "../web/src/markdown.js";

const cases = {
  "plain": "<p>plain</p>",
  "**b** __b__ *i* _i_": "<p><strong>b</strong> <strong>b</strong> <em>i</em> <em>i</em></p>",
  "snake_case_name 2*3*4 a * b * c": "<p>snake_case_name 2*3*4 a * b * c</p>",
  "one\ntwo\n\nthree": "<p>one<br>two</p><p>three</p>",
  "- a\n- b\n1. c": "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>",
  "# no `code` > quote": "<p># no `code` &gt; quote</p>",
  "[a](https://x.example/_b_?*c*)": '<p><a href="https://x.example/_b_?*c*" target="_blank" rel="noopener noreferrer">a</a></p>',
  "![a](https://x.example/)": "<p>![a](https://x.example/)</p>",
  "[a](javascript:alert(1))": "<p>[a](javascript:alert(1))</p>",
  "[a](data:text/html,x)": "<p>[a](data:text/html,x)</p>",
  '[a](https://x.example/"onclick="alert(1))': '<p>[a](https://x.example/&quot;onclick=&quot;alert(1))</p>',
  '[a](https://x.example/"b)': '<p><a href="https://x.example/&quot;b" target="_blank" rel="noopener noreferrer">a</a></p>',
  "<script>alert(1)</script>": "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
  "<at>Joni</at>": '<p><span class="mention">Joni</span></p>',
  "\\*a\\* \\<b\\> \\[c](https://x.example)": "<p>*a* &lt;b&gt; [c](https://x.example)</p>",
  "\ue03c\ue100": "",
};

for (const [text, html] of Object.entries(cases)) {
  test(text, () => assert.equal(markdown(text), html));
}

test("no text makes an element of its own", () => {
  const pieces = ["<", ">", '"', "'", "&", "*", "_", "**", "[", "](", "https://x", ")", "\\", "\n", "- ", "1. ", "<at>", "</at>", "img", " on=", "\ue03c", "\ue100", "a"];
  const allowed = /<\/?(p|br|ul|ol|li|strong|em)>|<a href="https?:\/\/[^"<>\s]*" target="_blank" rel="noopener noreferrer">|<\/a>|<span class="mention">|<\/span>/g;
  let seed = 7;
  const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join("");
    assert.doesNotMatch(markdown(text).replace(allowed, ""), /[<>"]/, JSON.stringify(text));
  }
});

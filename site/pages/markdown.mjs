/** The pages of docs/ as HTML. Tags in their text are shown as text, but for the anchors that the codebook sets. */

import { Marked } from "marked";
import { escape, slug } from "./html.mjs";

const ANCHOR = /^<a id="([\w.-]+)">$/;

/** Return HTML and the sections (anchor, title, text) of a Markdown text; `link` says where an address leads. */
export function render(text, link, { shift = 0, prefix = "" } = {}) {
  const sections = [];
  const used = new Map();
  const anchor = (title) => {
    const wanted = prefix + slug(title);
    const number = used.get(wanted) ?? 0;
    used.set(wanted, number + 1);
    return number ? `${wanted}-${number}` : wanted;
  };
  const marked = new Marked({
    renderer: {
      html({ text: raw }) {
        if (/^<!--[^]*-->\s*$/.test(raw) || raw === "</a>") return "";
        const set = ANCHOR.exec(raw);
        return set ? "" : escape(raw);
      },
      heading({ tokens, depth, raw }) {
        const set = /<a id="([\w.-]+)"><\/a>/.exec(raw);
        const title = plain(tokens);
        const id = set ? prefix + set[1] : anchor(title);
        sections.push({ id, title, text: "" });
        const level = Math.min(6, depth + shift);
        return `<h${level} id="${escape(id)}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const target = link(href);
        if (!target) return words;
        const outward = /^https?:/.test(target) ? ' rel="noopener noreferrer external"' : "";
        return `<a href="${escape(target)}"${outward}>${words}</a>`;
      },
      image({ href, text: words }) {
        return /^overview\/[\w-]+\.svg$/.test(href)
          ? `<img src="${escape(href)}" alt="${escape(words)}" loading="lazy">`
          : escape(words);
      },
      table({ header, rows }) {
        const cell = (tag) => (one) =>
          `<${tag}${one.align === "right" ? ' class="number"' : ""}>${this.parser.parseInline(one.tokens)}</${tag}>`;
        const line = (cells, tag) => `<tr>${cells.map(cell(tag)).join("")}</tr>`;
        return (
          `<div class="scroll" tabindex="0" role="region" aria-label="${escape([sections.at(-1)?.title, ...header.map((one) => plain(one.tokens))].filter(Boolean).join(", "))}">` +
          `<table><thead>${line(header, "th").replaceAll("<th", '<th scope="col"')}</thead>` +
          `<tbody>${rows.map((row) => line(row, "td")).join("")}</tbody></table></div>\n`
        );
      },
    },
  });
  const tokens = marked.lexer(text);
  const html = marked.parser(tokens);
  let at = -1;
  for (const token of tokens) {
    if (token.type === "heading") at += 1;
    else if (at >= 0 && token.type !== "html") sections[at].text += `${bare(token.raw)} `;
  }
  return { html, sections };
}

/** Return the words of inline tokens. */
function plain(tokens) {
  return tokens.map((token) => (token.type === "html" ? "" : token.tokens ? plain(token.tokens) : token.text)).join("");
}

/** Return Markdown without most of its marks, for the search. */
function bare(raw) {
  return raw
    .replace(/\]\([^)]*\)/g, "")
    .replace(/[`*|[\]]|---:?/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** All pages of the site, from the same sources as docs/, and their sections for the search. */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { escape } from "./html.mjs";
import { layout } from "./layout.mjs";
import { render } from "./markdown.mjs";

const TEXTS = [
  ["methodology", "docs/methodology.md"],
  ["codebook", "docs/codebook.md"],
  ["overview", "docs/overview.md"],
  ["changelog", "CHANGELOG.md"],
];
const EXPLORER = `<section class="stage" aria-labelledby="day">
<h1><span id="day"></span></h1>
<a class="skip" href="#timeline" data-t="skipMap">Skip the map</a>
<div id="map-region" role="region" aria-label="Map" aria-describedby="map-help"><div id="map"></div></div>
<p id="map-help" class="hidden"></p>
<div id="timeline" tabindex="-1"></div>
<p id="off-map"></p>
<div class="legend"><div><h2 id="control-title"></h2><ul id="control-legend"></ul></div>
<div><h2 id="symbol-title"></h2><ul id="symbol-legend"></ul></div></div>
</section>
<div class="side" id="side">
<section id="found" aria-labelledby="list-title"><h2 id="list-title" class="hidden" data-t="list">Events</h2>
<form id="filters" role="search" aria-label="Filters" data-t-label="filters"></form>
<p id="count" role="status"></p><div id="list"></div></section>
<article id="record" hidden></article>
</div>
<p class="undercount" data-t="undercount"></p>`;

/** Return the pages by file name, and their sections. */
export async function pages({ root, source, descriptor }) {
  const page = (options) => layout(descriptor, options);
  const sections = [];
  const files = {
    "index.html": page({
      file: "index.html",
      title: descriptor.title,
      content: EXPLORER,
      script: "explorer",
      data: ["index"],
      wide: true,
      english: false,
    }),
    "figures.html": page({
      file: "figures.html",
      title: "Figures",
      word: "figures",
      content: '<div id="figures"></div>',
      script: "figures",
      data: ["index", "figures"],
      english: false,
    }),
    "tables.html": page({
      file: "tables.html",
      title: "Tables",
      word: "tables",
      content: '<div id="table-view"></div>',
      data: ["index"],
      wide: true,
      english: false,
    }),
    "search.html": page({
      file: "search.html",
      title: "Search",
      word: "search",
      content: '<div id="search-view"></div>',
      english: false,
    }),
    "downloads.html": page({
      file: "downloads.html",
      title: "Downloads",
      content: await downloads(source, descriptor),
    }),
  };
  for (const [name, path] of TEXTS) {
    const text = await readFile(join(root, path), "utf8");
    const { html, sections: mine } = render(text, (href) => target(href, path));
    const [first] = mine;
    files[`${name}.html`] = page({
      file: `${name}.html`,
      title: first?.title ?? name,
      content: `<article data-english>${contents(name, mine)}${html}</article>`,
    });
    for (const { id, title, text: words } of mine)
      sections.push({ title, kind: name, url: `${name}.html#${id}`, text: words.slice(0, 1500) });
  }
  files["rules.html"] = page({ file: "rules.html", title: "Rules", content: await rules(root, sections) });
  return { files, sections };
}

/** Return the table of contents of a long page: its tables or chapters. */
function contents(name, sections) {
  if (name === "changelog" || name === "overview") return "";
  const some = sections.slice(1).filter(({ id }) => !id.includes("."));
  return `<nav class="contents" aria-label="Contents"><ul>${some.map(({ id, title }) => `<li><a href="#${escape(id)}">${escape(title)}</a></li>`).join("")}</ul></nav>`;
}

/** Return the page of rules: the words of docs/rules/README.md up to its table, then every rule. */
async function rules(root, sections) {
  const folder = join(root, "docs/rules");
  const names = (await readdir(folder)).filter((name) => /^[A-Z]{3}-\d{3}\.md$/.test(name)).sort();
  const intro = (await readFile(join(folder, "README.md"), "utf8")).split("\n| rule |")[0];
  const parts = [render(intro, () => undefined).html, '<div id="rule-view" class="rule-view"></div>'];
  for (const name of names) {
    const id = name.slice(0, -3);
    const text = await readFile(join(folder, name), "utf8");
    const { html, sections: mine } = render(text, (href) => target(href, `docs/rules/${name}`), {
      shift: 1,
      prefix: `${id}-`,
    });
    parts.push(`<section class="rule" id="${id}">${html}</section>`);
    sections.push({
      title: mine[0]?.title ?? id,
      kind: "rules",
      url: `rules.html#${id}`,
      text: mine
        .map((one) => one.text)
        .join(" ")
        .slice(0, 800),
    });
  }
  return `<article data-english>${parts.join("\n")}</article>`;
}

/** Return where a link of a Markdown file leads on the site, or nothing where it leads out of it. */
function target(href, from) {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = "", hash] = href.split("#");
  const full = posix.join(posix.dirname(from), path);
  const text = TEXTS.find(([, source]) => source === full);
  const rule = /^docs\/rules\/([A-Z]{3}-\d{3})\.md$/.exec(full);
  if (rule) return `rules.html#${rule[1]}`;
  if (full === "docs/rules/README.md") return "rules.html";
  return text ? `${text[0]}.html${hash ? `#${hash}` : ""}` : undefined;
}

async function downloads(source, descriptor) {
  const wanted = [
    ["datapackage.json", "The descriptor: what there is, with licence and sources"],
    ...descriptor.resources.flatMap(({ path, schema, title, description }) => [
      [path, `${title ?? path}: ${description ?? ""}`],
      ...(schema ? [[schema, `The fields and codes of ${path}`]] : []),
    ]),
  ];
  const rows = await Promise.all(
    wanted.map(async ([path, words]) => {
      const bytes = await readFile(join(source, path));
      const hash = createHash("sha256").update(bytes).digest("hex");
      return (
        `<tr><td><a href="${escape(path)}" download>${escape(path)}</a></td><td>${escape(words)}</td>` +
        `<td class="number">${(bytes.length / 1024).toFixed(1)}</td><td><code>${hash.slice(0, 16)}…</code></td></tr>`
      );
    }),
  );
  return `<article data-english><h1>Downloads</h1>
<p>The files of version ${escape(descriptor.version)} as they are in the repository: comma-separated values in UTF-8, a schema for each
table, and a descriptor that ties them together. An empty cell means unknown, never zero.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Files"><table><caption class="hidden">Files</caption>
<thead><tr><th scope="col">file</th><th scope="col">what it holds</th><th scope="col" class="number">kB</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></article>`;
}

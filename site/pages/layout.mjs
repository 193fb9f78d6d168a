/** The frame of every page. Words with `data-t` are put into the reader's language by the page's script. */

import { escape } from "./html.mjs";

const MENU = [
  ["index.html", "explorer", "Explorer"],
  ["figures.html", "figures", "Figures"],
  ["tables.html", "tables", "Tables"],
  ["codebook.html", "codebook", "Codebook"],
  ["rules.html", "rules", "Rules"],
  ["methodology.html", "methodology", "Methodology"],
  ["overview.html", "overview", "Overview"],
  ["changelog.html", "changelog", "Changelog"],
  ["downloads.html", "downloads", "Downloads"],
];
// Only files of the site itself; `file:` because some browsers do not take a file on disk for the site itself.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src 'self' file: data: blob:",
  "base-uri 'none'",
  "form-action 'self' file:",
].join("; ");

/** Return a page: its file, title and content, the script it needs, and the data that the script needs at once. */
export function layout(
  descriptor,
  { file, title, word, content, script = "page", data = [], wide = false, english = true },
) {
  const menu = MENU.map(
    ([address, name, words]) =>
      `<li><a href="${address}"${address === file ? ' aria-current="page"' : ""} data-t="${name}">${words}</a></li>`,
  );
  const head = word ? `<h1 data-t="${word}">${escape(title)}</h1>` : "";
  const notice = english ? `<p class="english-only" data-t="englishOnly">This page is in English only.</p>` : "";
  const name = file === "index.html" ? descriptor.title : `${title} · ${descriptor.title}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${escape(String(descriptor.description ?? "").split("\n")[0])}">
<title>${escape(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/${script}.css">
${data.map((part) => `<script src="data/${part}.js" defer></script>\n`).join("")}<script src="assets/${script}.js" defer></script>
</head>
<body class="${wide ? "wide" : "text"}">
<a class="skip" href="#content" data-t="skip">Skip to the content</a>
<header>
<p class="brand" lang="en"><a href="index.html">${escape(descriptor.title)}</a></p>
<nav aria-label="Pages" data-t-label="pages"><ul>
${menu.join("\n")}
</ul></nav>
<form action="search.html" role="search"><input type="search" name="q" aria-label="Search everything" data-t-label="searchAll">
<button data-t="search">Search</button></form>
<a id="language" href="?lang=uk" lang="uk" hreflang="uk" data-t="otherLanguage">Українською</a>
</header>
<noscript><p class="trouble" data-t="noScript">The map, the list and the figures need JavaScript. All data are under Downloads.</p></noscript>
<p id="trouble" class="trouble" role="alert" hidden></p>
<main id="content" tabindex="-1">
${notice}${head}
${content}
</main>
<footer><p><span data-t="version" data-version="${escape(descriptor.version)}">Version ${escape(descriptor.version)}</span> ·
<span data-t="footer">Data and text under CC BY 4.0, code under the MIT licence. No tracking, no requests to other sites.</span></p></footer>
</body>
</html>
`;
}

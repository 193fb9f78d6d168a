/** The frame of a figure: heading, picture, words on how to read it, the numbers as a table, and downloads. */

import { el, svg, table, type Child } from "../dom";
import { t } from "../i18n";

export const INK = "#333333";
export const WIDTH = 760;
export const FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

export interface Chart {
  id: string;
  title: string;
  note: string;
  picture: SVGSVGElement;
  head: string[];
  rows: (string | number)[][];
  undercount: string;
}

/** Return an empty picture of a height, with its name for those who do not see it. */
export function picture(title: string, height: number, ...children: Child[]): SVGSVGElement {
  return svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: "img",
      "aria-label": title,
      "font-family": FONT,
      "font-size": 12,
      fill: INK,
      xmlns: "http://www.w3.org/2000/svg",
    },
    ...children,
  );
}

/** Return text in a picture. */
export function words(x: number, y: number, text: string, more: Record<string, string | number> = {}): SVGTextElement {
  return svg("text", { x, y, ...more }, text);
}

/** Return a line of a picture. */
export function line(x1: number, y1: number, x2: number, y2: number, colour = "#dddddd"): SVGLineElement {
  return svg("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": 1 });
}

/** Return the figure with all that belongs to it. */
export function figure(chart: Chart): HTMLElement {
  const { id, title, note, head, rows } = chart;
  const numbers = table(title, head, rows, true);
  const csv = [head, ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  const save = (name: string, type: string, content: () => string) => (event: Event) => {
    const link = event.currentTarget as HTMLAnchorElement;
    if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([content()], { type }));
    link.download = name;
  };
  return el(
    "section",
    { class: "figure", id },
    el("h2", {}, title),
    el("div", { class: "picture", tabindex: 0, role: "region", "aria-label": title }, chart.picture),
    el("p", { class: "note" }, note),
    el("p", { class: "undercount" }, chart.undercount),
    el(
      "details",
      {},
      el("summary", {}, t("dataTable")),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${t("dataTable")}: ${title}` }, numbers),
    ),
    el(
      "p",
      { class: "save" },
      el("a", { href: `#${id}`, click: save(`${id}.csv`, "text/csv", () => csv) }, t("downloadCsv")),
      " · ",
      el(
        "a",
        {
          href: `#${id}`,
          click: save(`${id}.svg`, "image/svg+xml", () => new XMLSerializer().serializeToString(chart.picture)),
        },
        t("downloadSvg"),
      ),
    ),
  );
}

/** Return a cell of CSV; what a spreadsheet would run as a formula is kept from it. */
function quoted(cell: string | number): string {
  let text = String(cell);
  if (typeof cell === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

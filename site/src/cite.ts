/** How to cite a record, and how to say that it is wrong. */

import type { About } from "./types";
import { el, outward } from "./dom";
import { t } from "./i18n";

/** Return the citation of a record, with the version that it was read in. */
export function citation(about: About, id: string): string {
  return t("citeText", {
    authors: about.authors.join(", "),
    year: about.created.slice(0, 4),
    title: about.title,
    version: about.version,
    id,
    license: about.license.replace(/^CC-BY-/, "CC BY "),
    homepage: about.homepage ? ` ${about.homepage}` : "",
  });
}

/** Return the boxes at the foot of a record. */
export function foot(about: About, id: string): HTMLElement {
  return el(
    "div",
    { class: "foot" },
    el("details", {}, el("summary", {}, t("cite")), ...copyable(citation(about, id), t("cite"))),
    el("details", {}, el("summary", {}, t("report")), ...report(about, id)),
  );
}

/** Return the address of the form in which a correction is asked for, where the package says where its home is. */
export function reportAddress(about: About, id: string): string | undefined {
  if (!about.homepage || !/^https:\/\/(github|gitlab)\.com\/[^/]+\/[^/]+\/?$/.test(about.homepage)) return undefined;
  const asked = new URLSearchParams({ template: "correct-a-row.yml", title: `Correct ${id}: `, row: id });
  return `${about.homepage.replace(/\/$/, "")}/issues/new?${asked}`;
}

function report(about: About, id: string): HTMLElement[] {
  const address = reportAddress(about, id);
  if (address) return [el("p", {}, outward(address, t("reportHere")))];
  const text = t("reportText", { id, name: about.name, version: about.version });
  return [el("p", {}, t("reportHint")), ...copyable(text, t("report"))];
}

function copyable(text: string, name: string): HTMLElement[] {
  const area = el("textarea", { readonly: true, rows: 4, "aria-label": name, lang: "en" }, text);
  const button = el(
    "button",
    {
      type: "button",
      click: () => {
        area.select(); // so that it can be copied by hand where the browser does not let us
        navigator.clipboard?.writeText(text).then(
          () => {
            button.textContent = t("copied");
          },
          () => undefined,
        );
      },
    },
    t("copy"),
  );
  return [area, button];
}

/** What all pages share: the language of the page's own words, carried on by its links. */

import { byId, el, replace } from "./dom";
import { language, t, type Word } from "./i18n";

/** Put the words into the language of the address, and let every link within the site carry it on. */
export function frame(): void {
  document.documentElement.lang = language;
  skipping();
  for (const element of document.querySelectorAll<HTMLElement>("[data-t]")) {
    const word = element.dataset.t as Word;
    if (element.dataset.version) element.textContent = t(word, { version: element.dataset.version });
    else element.textContent = t(word);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-t-label]"))
    element.setAttribute("aria-label", t(element.dataset.tLabel as Word));
  const other = language === "uk" ? "en" : "uk";
  const swap = byId<HTMLAnchorElement>("language");
  swap.lang = other;
  swap.hreflang = other;
  swap.href = other === "uk" ? "?lang=uk" : location.pathname;
  swap.addEventListener("click", (event) => {
    event.preventDefault();
    location.assign(`${location.pathname}${other === "uk" ? "?lang=uk" : ""}${location.hash}`);
  });
  for (const content of document.querySelectorAll("[data-english]")) content.setAttribute("lang", "en");
  if (language === "uk") {
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href*=".html"]')) {
      const [path = "", hash] = (link.getAttribute("href") ?? "").split("#");
      if (!/^https?:/.test(path)) link.setAttribute("href", `${path}?lang=uk${hash ? `#${hash}` : ""}`);
    }
    for (const form of document.querySelectorAll<HTMLFormElement>('form[action$="search.html"]'))
      form.append(el("input", { type: "hidden", name: "lang", value: "uk" }));
  }
}

/** Let links that skip a part move the focus alone: the part of the address after `#` says what a page shows. */
function skipping(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a.skip"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      byId(link.hash.slice(1)).focus();
    });
}

/** Return the address of another page of the site in the language of this one. */
export function within(page: string): string {
  const [path, hash] = page.split("#");
  return `${path}${language === "uk" ? "?lang=uk" : ""}${hash ? `#${hash}` : ""}`;
}

/** Say on the page that something could not be had. */
export function failed(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  replace(byId("trouble"), t("failed", { why }));
  byId("trouble").hidden = false;
}

/** Narrows the page of rules down to those that hold some words. */

import { el } from "./dom";
import { fold } from "./filter";
import { count, t } from "./i18n";

/** Put a field above the rules. */
export async function filterRules(place: HTMLElement): Promise<void> {
  const rules = [...document.querySelectorAll<HTMLElement>("section.rule")].map((section) => ({
    section,
    text: fold(section.textContent ?? ""),
  }));
  const told = el("output", {}, "");
  const narrow = (event: Event) => {
    const words = fold((event.target as HTMLInputElement).value)
      .split(/\s+/)
      .filter(Boolean);
    let shown = 0;
    for (const { section, text } of rules) {
      section.hidden = !words.every((word) => text.includes(word));
      if (!section.hidden) shown++;
    }
    told.textContent = words.length ? count(shown, "results") : "";
  };
  place.append(
    el("label", { for: "rule-words" }, t("searchFor")),
    " ",
    el("input", { id: "rule-words", type: "search", input: narrow }),
    " ",
    told,
  );
}

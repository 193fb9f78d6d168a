/** The search over everything: events, places, actors, documents, and the sections of the pages. */

import { part } from "./data";
import type { Index } from "./types";
import { el, outward, replace } from "./dom";
import { fold } from "./filter";
import { count, language, named, t, type Word } from "./i18n";
import { within } from "./page-frame";

interface Entry {
  title: string;
  kind: Word | "";
  url: string;
  text: string;
}
const MOST = 100;

/** Put the field and the results on the page; the words stand in its address as `q`. */
export async function searchPage(place: HTMLElement): Promise<void> {
  const asked = new URLSearchParams(location.search).get("q") ?? "";
  const input = el("input", { id: "words", type: "search", name: "q", value: asked });
  const results = el("div", {});
  place.append(
    el("p", {}, t("searchIntro")),
    el("p", {}, el("label", { for: "words" }, t("searchFor")), " ", input),
    results,
  );
  const [index, details, sections] = await Promise.all([part("index"), part("details"), part("search")]);
  const entries: Entry[] = [
    ...index.events.map((event): Entry => ({
      title: event.title,
      kind: "explorer",
      url: `index.html#${event.event_id}`,
      text: `${event.event_id} ${placeNames(index, event.place_id)} ${details.events[event.event_id]?.summary ?? ""}`,
    })),
    ...index.places.map((one): Entry => ({
      title: named(one),
      kind: "place",
      url: `index.html#${one.place_id}`,
      text: `${one.place_id} ${one.name_en} ${one.name_uk ?? ""}`,
    })),
    ...index.actors.map((one): Entry => ({
      title: named(one),
      kind: "actor",
      url: `index.html#?${new URLSearchParams({ actor: one.actor_id })}`,
      text: `${one.actor_id} ${one.name_en} ${one.name_uk ?? ""} ${details.actors[one.actor_id]?.office ?? ""}`,
    })),
    ...Object.entries(details.sources).map(([id, source]): Entry => ({
      title: source.title,
      kind: "document",
      url: source.url,
      text: `${id} ${source.publisher}`,
    })),
    ...sections.map((section): Entry => ({ ...section, kind: section.kind as Word })),
  ];
  const folded = entries.map((entry) => ({
    entry,
    title: fold(entry.title),
    text: fold(`${entry.title} ${entry.text}`),
  }));
  const show = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const found = words.length ? folded.filter(({ text }) => words.every((word) => text.includes(word))) : [];
    const inTitle = (one: (typeof found)[number]) => words.filter((word) => one.title.includes(word)).length;
    found.sort((a, b) => inTitle(b) - inTitle(a));
    replace(
      results,
      el("p", { role: "status" }, words.length ? count(found.length, "results") : ""),
      el("ol", { class: "results" }, ...found.slice(0, MOST).map(({ entry }) => row(entry, words))),
    );
    const query = new URLSearchParams({ ...(language === "uk" ? { lang: "uk" } : {}), q: input.value });
    history.replaceState(null, "", `?${query}`);
  };
  input.addEventListener("input", show);
  show();
}

function placeNames(index: Index, id: string): string {
  const place = index.places.find((one) => one.place_id === id);
  return place ? `${place.name_en} ${place.name_uk ?? ""}` : "";
}

function row({ title, kind, url, text }: Entry, words: string[]): HTMLLIElement {
  const link = kind === "document" ? outward(url, title) : el("a", { href: within(url) }, title);
  return el("li", {}, link, kind && el("small", {}, ` ${t(kind)}`), el("p", {}, around(text, words)));
}

/** Return the part of a text in which the first of the words stands. */
function around(text: string, words: string[]): string {
  const at = Math.max(0, fold(text).indexOf(words[0] ?? "") - 60);
  return `${at ? "… " : ""}${text.slice(at, at + 180)}${text.length > at + 180 ? " …" : ""}`;
}

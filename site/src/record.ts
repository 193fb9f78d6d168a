/** The record of an event: what is known of it, how many people according to whom, and every document behind it. */

import type { Lookup } from "./lookup";
import type { Citation, Details, Event_, EventDetails } from "./types";
import { foot } from "./cite";
import { countsTable, movedTable, ranges } from "./counts";
import { el, outward, type Child } from "./dom";
import { count, day, days, label, languageName, nameLanguage, named, t } from "./i18n";
import type { Store } from "./state";

/** Return the record of an event; its details may still be on the way. */
export function eventRecord(lookup: Lookup, store: Store, event: Event_, details: Details | undefined): Child[] {
  const more = details?.events[event.event_id];
  return [
    el("h2", { tabindex: -1, lang: "en" }, event.title),
    facts(lookup, store, event, more),
    ...(details && more ? body(lookup, details, event, more) : [el("p", { class: "empty" }, t("loading"))]),
    foot(lookup.index.package, event.event_id),
  ];
}

function facts(lookup: Lookup, store: Store, event: Event_, more: EventDetails | undefined): HTMLElement {
  const { index } = lookup;
  const whole = event.part_of && lookup.events.get(event.part_of);
  const [place, ...around] = lookup.chain(event.place_id);
  const link = (id: string, words: string, lang?: string) =>
    el("a", { href: store.address({ record: id }), lang }, words);
  const rows: [string, Child[]][] = [
    [t("type"), [label(index, "events.event_type", event.event_type)]],
    [
      t("date"),
      [
        days(event.date_start, event.date_end, "long"),
        more?.time_start && `, ${t("timeAbout", { time: more.time_start })}`,
        " ",
        sure(label(index, "events.date_precision", event.date_precision)),
      ],
    ],
    [
      t("where"),
      [
        place && link(place.place_id, named(place), nameLanguage(place)),
        ...around.filter(({ kind }) => kind !== "country").map((one) => `, ${named(one)}`),
        " ",
        sure(label(index, "events.place_precision", event.place_precision)),
        more?.place_detail && el("span", { class: "detail", lang: "en" }, more.place_detail),
      ],
    ],
    [
      t("corroboration"),
      [
        el("span", { class: `voices ${event.corroboration}` }, label(index, "corroboration", event.corroboration)),
        ` (${count(event.independent, "independent")})`,
      ],
    ],
    [t("partOf"), whole ? [link(whole.event_id, whole.title, "en")] : []],
    [t("parts"), list((lookup.parts.get(event.event_id) ?? []).map((part) => link(part.event_id, part.title, "en")))],
    [t("id"), [event.event_id]],
  ];
  return definitions(rows);
}

function sure(precision: string): HTMLElement {
  return el("small", {}, `(${t("precisionDate", { precision: precision.toLowerCase() })})`);
}

function list(items: HTMLElement[]): Child[] {
  return items.length ? [el("ul", {}, ...items.map((item) => el("li", {}, item)))] : [];
}

/** Return a list of terms, without those of which nothing is known. */
export function definitions(rows: [string, Child[]][]): HTMLElement {
  const known = rows.filter(([, children]) => children.some(Boolean));
  return el(
    "dl",
    { class: "facts" },
    ...known.flatMap(([term, children]) => [el("dt", {}, term), el("dd", {}, ...children)]),
  );
}

function body(lookup: Lookup, details: Details, event: Event_, more: EventDetails): Child[] {
  const { index } = lookup;
  const actors = more.actors.map(({ actor_id, role, certainty }) => {
    const actor = lookup.actors.get(actor_id);
    const office = details.actors[actor_id]?.office;
    return el(
      "li",
      {},
      named(actor),
      office && el("span", { lang: "en" }, `, ${office}`),
      el(
        "small",
        {},
        ` – ${label(index, "event_actors.role", role)}, ${label(index, "event_actors.certainty", certainty)}`.toLowerCase(),
      ),
    );
  });
  return [
    el("p", { class: "summary", lang: "en" }, more.summary),
    ...(actors.length ? [el("h3", {}, t("actors")), el("ul", {}, ...actors)] : []),
    el("h3", {}, t("people")),
    ...(more.casualties.length
      ? [ranges(lookup, more.figures), countsTable(lookup, details, more.casualties, t("countsBehind"), event)]
      : [el("p", {}, t("noCounts"))]),
    el("p", { class: "undercount" }, t("undercount")),
    ...(more.evacuations.length ? [el("h3", {}, t("evacuated")), movedTable(lookup, details, more.evacuations)] : []),
    el("h3", {}, t("sources")),
    sides(lookup, details, more.citations),
    el("p", { class: "tail" }, event.event_id),
  ];
}

/** Return the supporting and the contradicting documents side by side. */
export function sides(lookup: Lookup, details: Details, citations: readonly Citation[]): HTMLElement {
  const side = (stance: string, word: "supporting" | "contradicting") => {
    const mine = citations.filter((citation) => citation.stance === stance);
    return el(
      "section",
      { class: stance },
      el("h4", {}, t(word, { number: mine.length })),
      mine.length
        ? el("ul", {}, ...mine.map((citation) => cited(lookup, details, citation)))
        : el("p", {}, t("noContradiction")),
    );
  };
  return el("div", { class: "sides" }, side("supports", "supporting"), side("contradicts", "contradicting"));
}

function cited(lookup: Lookup, details: Details, citation: Citation): HTMLLIElement {
  const source = details.sources[citation.source_id];
  if (!source) return el("li", {}, citation.source_id);
  const claimant = citation.claimed_by && lookup.actors.get(citation.claimed_by);
  const facts = [
    source.publisher,
    label(lookup.index, "sources.kind", source.kind),
    languageName(source.language),
    source.published ? t("published", { day: day(source.published, "long") }) : t("undated"),
    citation.source_id,
  ];
  return el(
    "li",
    {},
    el("span", { lang: source.language }, outward(source.url, source.title)),
    source.archive_url && el("span", {}, " (", outward(source.archive_url, t("archived")), ")"),
    el("small", {}, facts.join(" · ")),
    claimant && el("small", {}, t("relays", { name: named(claimant) })),
    source.derived_from && el("small", {}, t("derived", { id: source.derived_from })),
    citation.note && el("p", { class: "note", lang: "en" }, citation.note),
  );
}

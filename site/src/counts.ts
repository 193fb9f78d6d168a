/** Reported counts, and the figures derived from them. */

import type { Lookup } from "./lookup";
import type { Count, Details, Estimate } from "./types";
import { el, outward, svg, table, type Child } from "./dom";
import { count as numbered, day, days, label, languageName, named, t } from "./i18n";

/** Return a reported count in words, such as `at least 70`. */
export function worded({ count_low, count_high, wording }: Count): string {
  const bounds = [...new Set([count_low, count_high].filter((bound) => bound !== undefined))];
  if (!bounds.length) return wording === "verbal" ? t("verbal", { number: t("notNumbered") }) : t("notNumbered");
  const number = bounds.join("–");
  const forms = { about: "about", "at-least": "atLeast", "up-to": "upTo", verbal: "verbal" } as const;
  const form = forms[wording as keyof typeof forms];
  return form ? t(form, { number }) : number;
}

/** Return the document behind a statement: publisher, language and address. */
export function document_(details: Details, id: string): Child {
  const source = details.sources[id];
  if (!source) return id;
  return el("span", {}, outward(source.url, source.publisher), ` (${languageName(source.language)}, ${id})`);
}

/** Return who makes a statement: the claimant that the document relays, or its publisher. */
export function speaker(
  lookup: Lookup,
  details: Details,
  statement: { claimed_by?: string; source_id: string },
): string {
  const claimant = statement.claimed_by && lookup.actors.get(statement.claimed_by);
  return claimant ? named(claimant) : (details.sources[statement.source_id]?.publisher ?? statement.source_id);
}

/** What the counts of a table are about anyway, and each of them need not repeat. */
export type Scope = Pick<Count, "place_id" | "date_start" | "date_end">;

/** Return the table of counts of people hurt. */
export function countsTable(
  lookup: Lookup,
  details: Details,
  counts: readonly Count[],
  caption: string,
  scope: Scope,
): HTMLElement {
  const { index } = lookup;
  counts = inOrder(counts, Object.keys(index.labels["casualties.outcome"] ?? {}));
  const head = ["outcome", "figure", "of", "saidBy", "document", "statedOn", "status"] as const;
  const rows = counts.map((one): Child[] => [
    label(index, "casualties.outcome", one.outcome),
    el("strong", {}, worded(one)),
    [whom(lookup, one, scope), period(one, scope)].filter(Boolean).join("; "),
    speaker(lookup, details, one),
    behind(details, one),
    one.as_of ? day(one.as_of) : "",
    status(lookup, one),
  ]);
  return wide(
    table(
      caption,
      head.map((word) => t(word)),
      rows,
    ),
    counts.map((one) => one.status !== "standing"),
  );
}

/** Return the table of counts of people moved. */
export function movedTable(lookup: Lookup, details: Details, counts: readonly Count[]): HTMLElement {
  const where = (id: string | undefined) => (id ? named(lookup.places.get(id)) : "…");
  const head = ["figure", "of", "fromTo", "saidBy", "document", "statedOn"] as const;
  const rows = counts.map((one): Child[] => [
    el("strong", {}, worded(one)),
    label(lookup.index, "evacuations.population", one.population),
    one.from_place_id || one.to_place_id ? `${where(one.from_place_id)} → ${where(one.to_place_id)}` : "",
    speaker(lookup, details, one),
    behind(details, one),
    one.as_of ? day(one.as_of) : "",
  ]);
  return wide(
    table(
      t("evacuated"),
      head.map((word) => t(word)),
      rows,
    ),
    [],
  );
}

/** Sort counts by outcome, those about everybody before those about some, and then by the day of the statement. */
function inOrder(counts: readonly Count[], outcomes: string[]): Count[] {
  const part = ({ sex, age }: Count) => Number(sex !== "all" || age !== "all");
  const day = ({ as_of = "9" }: Count) => as_of;
  return [...counts].sort(
    (a, b) =>
      outcomes.indexOf(a.outcome ?? "") - outcomes.indexOf(b.outcome ?? "") ||
      part(a) - part(b) ||
      (day(a) < day(b) ? -1 : day(a) > day(b) ? 1 : 0),
  );
}

/** Return what is behind a count: the document, the note on it, and the row's own id. */
function behind(details: Details, one: Count): HTMLElement {
  return el(
    "span",
    { class: "behind" },
    document_(details, one.source_id),
    one.note && el("em", { lang: "en" }, ` ${one.note}`),
    el("small", {}, ` ${one.casualty_id ?? one.evacuation_id ?? ""}`),
  );
}

function period({ date_start, date_end }: Count, scope: Scope): string {
  if (!date_start || !date_end || (date_start === scope.date_start && date_end === scope.date_end)) return "";
  return days(date_start, date_end);
}

/** Return a table that can be scrolled sideways, with the rows that no longer stand struck. */
function wide(made: HTMLTableElement, struck: boolean[]): HTMLElement {
  [...(made.tBodies[0]?.rows ?? [])].forEach((row, number) => row.classList.toggle("struck", struck[number] ?? false));
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": made.caption?.textContent ?? "" },
    made,
  );
}

function whom(lookup: Lookup, one: Count, scope: Scope): string {
  const words = [label(lookup.index, "casualties.population", one.population)];
  if (one.side) words.push(label(lookup.index, "casualties.side", one.side));
  for (const name of ["sex", "age"] as const)
    if (one[name] && one[name] !== "all") words.push(label(lookup.index, `casualties.${name}`, one[name]));
  if (one.place_id && one.place_id !== scope.place_id) words.push(named(lookup.places.get(one.place_id)));
  return words.join(", ");
}

function status(lookup: Lookup, one: Count): string {
  const words = label(lookup.index, "casualties.status", one.status);
  return one.superseded_by ? `${words}: ${t("replacedBy", { id: one.superseded_by })}` : words;
}

/** Return the derived figures of an event, each as a range with its numbers. */
export function ranges(lookup: Lookup, figures: readonly Estimate[]): HTMLElement {
  const outcomes = Object.keys(lookup.index.labels["casualties.outcome"] ?? {});
  const rank = ({ outcome }: Estimate) => outcomes.indexOf(outcome);
  figures = [...figures].sort((a, b) => rank(a) - rank(b));
  const most = Math.max(1, ...figures.flatMap(({ low, best, high }) => [low ?? 0, best ?? 0, high ?? 0]));
  return el(
    "dl",
    { class: "ranges" },
    ...figures.flatMap((figure) => {
      const { low, best, high, claims, basis } = figure;
      const tell = (word: "low" | "best" | "high", number: number | undefined) =>
        el("span", {}, `${t(word)} `, el("b", {}, number ?? (word === "high" ? t("noUpper") : t("unknown"))), " ");
      return [
        el("dt", {}, label(lookup.index, "casualties.outcome", figure.outcome)),
        el(
          "dd",
          {},
          bar(low, best, high, most),
          tell("low", low),
          tell("best", best),
          tell("high", high),
          el("small", {}, `${t(`basis_${basis}` as "basis_whole")}; ${numbered(claims, "standing")}`),
        ),
      ];
    }),
  );
}

function bar(low: number | undefined, best: number | undefined, high: number | undefined, most: number): SVGElement {
  const at = (number: number) => 4 + (number / most) * 192;
  const from = low ?? best ?? 0;
  const to = high ?? best ?? from;
  return svg(
    "svg",
    { class: "range", viewBox: "0 0 204 12", preserveAspectRatio: "xMinYMid", "aria-hidden": "true" },
    svg("line", { x1: 4, x2: 196, y1: 6, y2: 6, class: "base" }),
    svg("line", { x1: at(from), x2: at(to), y1: 6, y2: 6, class: "span" }),
    high === undefined && svg("path", { d: `M${at(to)},2 l5,4 l-5,4`, class: "open" }),
    best !== undefined && svg("circle", { cx: at(best), cy: 6, r: 4 }),
  );
}

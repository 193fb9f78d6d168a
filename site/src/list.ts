/** The list of events: what the map shows, as text. */

import type { Lookup } from "./lookup";
import type { Event_, Figure } from "./types";
import { byId, el, replace, type Child } from "./dom";
import { sureOfDay, sureOfPlace } from "./filter";
import { count, day as dayInWords, days, label, nameLanguage, named, t } from "./i18n";
import type { Store } from "./state";
import { symbol } from "./symbols";

const STEP = 60;

/** Show the events that match on the day that is shown, some at first and more on request. */
export class List {
  private shown = STEP;
  private events: readonly Event_[] = [];
  private key = "";

  constructor(
    private readonly lookup: Lookup,
    private readonly store: Store,
  ) {}

  /** Draw the events; `inAll` is the number of those that match on any day. */
  draw(events: readonly Event_[], inAll: number, day: string | undefined): void {
    const key = this.store.address({ record: "" });
    if (key !== this.key) this.shown = STEP;
    this.key = key;
    this.events = events;
    const told = count(events.length, "events");
    const words = day
      ? t("shownOn", { events: told, all: this.lookup.index.events.length, day: dayInWords(day, "long") })
      : t("shownAll", { events: told, all: this.lookup.index.events.length });
    replace(byId("count"), words);
    this.rows(inAll, day);
  }

  private rows(inAll: number, day: string | undefined): void {
    const some = this.events.slice(0, this.shown);
    const rest = this.events.length - some.length;
    const list = el("ol", { class: "events" }, ...some.map((event) => this.row(event)));
    const more =
      rest > 0 &&
      el(
        "button",
        {
          type: "button",
          class: "more",
          click: () => {
            const next = this.shown;
            this.shown += STEP * 2;
            this.rows(inAll, day);
            byId("list").querySelectorAll<HTMLElement>("ol.events a")[next]?.focus();
          },
        },
        t("more", { number: Math.min(rest, STEP * 2) }),
      );
    replace(byId("list"), this.events.length ? list : this.nothing(inAll, day), more);
  }

  private nothing(inAll: number, day: string | undefined): HTMLElement {
    if (!day || !inAll) return el("p", { class: "empty" }, t("none"));
    return el(
      "p",
      { class: "empty" },
      t("noneOnDay"),
      " ",
      el("a", { href: this.store.address({ day: "all" }) }, `${t("showWholePeriod")} (${inAll})`),
    );
  }

  /** Return the row of an event: when, what, where, how many people, how well sourced. */
  row(event: Event_): HTMLLIElement {
    const place = this.lookup.places.get(event.place_id);
    const look = { hollow: !sureOfPlace(event), faded: !sureOfDay(event) };
    const type = label(this.lookup.index, "events.event_type", event.event_type);
    return el(
      "li",
      {},
      el(
        "span",
        { class: sureOfDay(event) ? "when" : "when unsure" },
        sureOfDay(event) ? "" : "≈ ",
        days(event.date_start, event.date_end),
      ),
      symbol(this.lookup.group.get(event.event_type) ?? 0, look),
      el(
        "div",
        {},
        el("a", { href: this.store.address({ record: event.event_id }), lang: "en" }, event.title),
        el(
          "p",
          { class: "meta" },
          `${type} · `,
          place && el("span", { lang: nameLanguage(place) }, named(place)),
          ...toll(event),
          event.corroboration && " · ",
          event.corroboration &&
            el(
              "span",
              { class: `voices ${event.corroboration}` },
              label(this.lookup.index, "corroboration", event.corroboration),
            ),
        ),
      ),
    );
  }
}

/** Return the numbers of people killed and injured, as ranges. */
function toll(event: Event_): Child[] {
  const parts: [Figure | undefined, string][] = [
    [event.killed, t("killedShort")],
    [event.injured, t("injuredShort")],
  ];
  return parts.flatMap(([figure, words]) => {
    const text = figure && range(figure);
    return text ? [" · ", el("strong", {}, `${text} ${words}`)] : [];
  });
}

/** Return a figure in words: `9–22`, `5+` where nothing says how many more, or nothing. */
export function range([low, best, high]: Figure): string {
  const least = low ?? best;
  if (least === null) return high === null ? "" : t("upTo", { number: high });
  if (high === null) return `${least}+`;
  return least === high ? String(least) : `${least}–${high}`;
}

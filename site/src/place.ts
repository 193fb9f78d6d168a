/** The record of a place: who held it, by which documents, what happened there, and counts over it as a whole. */

import type { Lookup } from "./lookup";
import type { Details, Place } from "./types";
import { foot } from "./cite";
import { countsTable, movedTable } from "./counts";
import { el, svg, type Child } from "./dom";
import { count, days, label, nameLanguage, named, t } from "./i18n";
import { dot } from "./map";
import { definitions, sides } from "./record";
import type { Store } from "./state";

/** Return the record of a place; its details may still be on the way. */
export function placeRecord(lookup: Lookup, store: Store, place: Place, details: Details | undefined): Child[] {
  const { index } = lookup;
  const around = lookup.chain(place.place_id).slice(1);
  const other = named(place) === place.name_en ? place.name_uk : place.name_en;
  const events = index.events.filter((event) => lookup.chain(event.place_id).includes(place));
  const link = (one: Place) =>
    el("a", { href: store.address({ record: one.place_id }), lang: nameLanguage(one) }, named(one));
  return [
    el("h2", { tabindex: -1, lang: nameLanguage(place) }, named(place)),
    definitions([
      [t("type"), [label(index, "places.kind", place.kind)]],
      [t("names"), [other && el("span", { lang: named(place) === place.name_en ? "uk" : "en" }, other)]],
      [t("within"), around.flatMap((one, number): Child[] => [number > 0 && ", ", link(one)])],
      [
        t("eventsHere"),
        [
          events.length > 0 &&
            el(
              "a",
              { href: store.address({ record: "", place: place.place_id, day: "all" }) },
              `${count(events.length, "events")}: ${t("seeEvents")}`,
            ),
        ],
      ],
      [t("id"), [place.place_id]],
    ]),
    el("h3", {}, t("heldBy")),
    ...held(lookup, place, details),
    ...(details ? counts(lookup, details, place) : [el("p", { class: "empty" }, t("loading"))]),
    foot(index.package, place.place_id),
  ];
}

function held(lookup: Lookup, place: Place, details: Details | undefined): Child[] {
  const intervals = lookup.control(place.place_id);
  if (!intervals.length) return [el("p", {}, t("heldNone"))];
  return intervals.map((interval) => {
    const more = details?.control[interval.control_id];
    const precision = label(lookup.index, "control.date_precision", interval.date_precision).toLowerCase();
    return el(
      "section",
      { class: "interval" },
      el(
        "h4",
        {},
        svg("svg", { class: "symbol", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, ...dot(interval.controller, 6)),
        `${label(lookup.index, "control.controller", interval.controller)}, ${days(interval.date_start, interval.date_end)} `,
        el("small", {}, `(${t("precisionDate", { precision })}) ${interval.control_id}`),
      ),
      more?.note && el("p", { lang: "en" }, more.note),
      details &&
        more &&
        more.citations.length > 0 &&
        el(
          "details",
          {},
          el("summary", {}, `${t("sources")} (${more.citations.length})`),
          sides(lookup, details, more.citations),
        ),
    );
  });
}

function counts(lookup: Lookup, details: Details, place: Place): Child[] {
  const mine = details.casualties.filter((one) => one.place_id === place.place_id);
  const moved = details.evacuations.filter((one) => [one.from_place_id, one.to_place_id].includes(place.place_id));
  return [
    ...(mine.length
      ? [
          el("h3", {}, t("countsOfPlace")),
          el("p", {}, t("countsOfPlaceNote")),
          countsTable(lookup, details, mine, t("countsOfPlace"), { place_id: place.place_id }),
          el("p", { class: "undercount" }, t("undercount")),
        ]
      : []),
    ...(moved.length ? [el("h3", {}, t("evacuated")), movedTable(lookup, details, moved)] : []),
  ];
}

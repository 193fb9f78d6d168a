/** The first page: puts map, timeline, filters, list and records together. */

import "./styles/base.css";
import "./styles/map.css";
import "./styles/list.css";
import "./styles/record.css";
import "./styles/explorer.css"; // the last: it arranges the others for each width
import { part } from "./data";
import { Lookup } from "./lookup";
import type { Details, Event_ } from "./types";
import { byId, el, replace, svg } from "./dom";
import { filters } from "./filters";
import { covers, matching, ordered, shownDay } from "./filter";
import { day as dayInWords, days, label, t } from "./i18n";
import { List } from "./list";
import { dot, PlaceMap } from "./map";
import { frame, failed } from "./page-frame";
import { placeRecord } from "./place";
import { eventRecord } from "./record";
import { Store, type State } from "./state";
import { CONTROL, symbol } from "./symbols";
import { Timeline } from "./timeline";

frame();
part("index")
  .then((index) => start(new Lookup(index)), failed)
  .catch(failed);

function start(lookup: Lookup): void {
  const store = new Store();
  let details: Details | undefined;
  byId("map-region").setAttribute("aria-label", t("map"));
  replace(byId("map-help"), t("mapHelp"));
  const map = new PlaceMap(lookup, byId("map"), (place) => {
    timeline.stop();
    store.set({ record: place }, true);
  });
  const timeline = new Timeline(lookup, (day) => store.set({ day, record: "" }));
  const list = new List(lookup, store);
  filters(lookup, store);
  legend(lookup);

  const draw = (state: State): void => {
    const day = shownDay(state, lookup);
    const found = matching(state, lookup, details);
    const shown = ordered(day ? found.filter((event) => covers(event, day)) : found, day);
    timeline.draw(found, day);
    map.draw(shown, day);
    list.draw(shown, found.length, day);
    heading(lookup, day);
    offMap(lookup, store, shown);
    record(lookup, store, shown, details);
    map.show(chosenPlace(lookup, state.record));
  };
  store.subscribe((state, before) => {
    draw(state);
    if (state.record !== before.record) move(state, before);
  });
  draw(store.state);
  if (store.state.record) byId("record").scrollIntoView({ block: "nearest" });
  performance.mark("interactive");

  const fetchDetails = () =>
    part("details").then((found) => {
      details = found;
      draw(store.state);
      document.documentElement.dataset.ready = "yes";
    }, failed);
  // The record that the address names is wanted at once; otherwise the first view comes first.
  if (store.state.record || store.state.text) void fetchDetails();
  else setTimeout(() => void fetchDetails(), 60);
}

function chosenPlace(lookup: Lookup, id: string) {
  const event = lookup.events.get(id);
  return event ? lookup.at(event) : lookup.places.get(id);
}

function heading(lookup: Lookup, day: string | undefined): void {
  const { start, end } = lookup.index.package;
  replace(byId("day"), day ? dayInWords(day, "long") : days(start, end, "long"));
  byId("day").setAttribute("data-day", day ?? "all");
  replace(byId("control-title"), day ? t("controlOn", { day: dayInWords(day) }) : t("chooseDay"));
  byId("control-legend").hidden = !day;
}

function legend(lookup: Lookup): void {
  const { index } = lookup;
  const mark = (controller: string) =>
    svg("svg", { class: "symbol", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, ...dot(controller, 6));
  replace(
    byId("control-legend"),
    ...Object.keys(CONTROL).map((controller) =>
      el("li", {}, mark(controller), label(index, "control.controller", controller)),
    ),
  );
  replace(byId("symbol-title"), t("symbols"));
  replace(
    byId("symbol-legend"),
    ...index.groups.map(({ name }, group) => el("li", {}, symbol(group), label(index, "groups", name))),
    el("li", {}, symbol(0, { hollow: true }), t("hollow")),
    el("li", {}, symbol(0, { faded: true }), t("faded")),
  );
}

/** Tell which of the events have no point on the map. */
function offMap(lookup: Lookup, store: Store, events: readonly Event_[]): void {
  const off = events.filter((event) => !lookup.at(event));
  const kinds = new Map<string, number>();
  for (const { place_precision: kind } of off) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const told = [...kinds].map(
    ([kind, number]) => `${label(lookup.index, "events.place_precision", kind).toLowerCase()} ${number}`,
  );
  const day = shownDay(store.state, lookup) ?? "all";
  replace(
    byId("off-map"),
    ...(off.length
      ? [
          `${t("notOnMap")} ${told.join(", ")}. `,
          el("a", { href: store.address({ where: "off", record: "", day }) }, `${t("showThem")} (${off.length})`),
        ]
      : [t("noneOff")]),
  );
}

function record(lookup: Lookup, store: Store, shown: readonly Event_[], details: Details | undefined): void {
  const { record: id } = store.state;
  const box = byId("record");
  document.body.classList.toggle("reading", id !== "");
  box.hidden = !id;
  byId("found").hidden = id !== "";
  if (!id) {
    replace(box);
    box.dataset.drawn = "";
    return;
  }
  const drawn = `${id} ${details !== undefined} ${store.address({ record: "" })}`;
  if (box.dataset.drawn === drawn) return;
  box.dataset.drawn = drawn;
  const [event, place] = [lookup.events.get(id), lookup.places.get(id)];
  const at = shown.findIndex((one) => one.event_id === id);
  const step = (other: Event_ | undefined, word: "previous" | "next") =>
    at >= 0 && other && el("a", { class: word, href: store.address({ record: other.event_id }) }, t(word));
  replace(
    box,
    el(
      "nav",
      { class: "steps", "aria-label": t("list") },
      el("a", { href: store.address({ record: "" }) }, `← ${t("back")}`),
      step(shown[at - 1], "previous"),
      step(shown[at + 1], "next"),
    ),
    ...(event
      ? eventRecord(lookup, store, event, details)
      : place
        ? placeRecord(lookup, store, place, details)
        : [el("h2", { tabindex: -1 }, id), el("p", {}, t("noRecord", { id }))]),
  );
}

/** Take the focus to where the reader has gone: to the record, or back to the link that opened it. */
function move(state: State, before: State): void {
  if (state.record) {
    byId("record").querySelector("h2")?.focus({ preventScroll: true });
    byId("side").scrollTo({ top: 0 });
    if (byId("side").getBoundingClientRect().top < 0 || matchMedia("(max-width: 899px)").matches)
      byId("record").scrollIntoView({ block: "start" });
    return;
  }
  const link = [...byId("list").querySelectorAll("a")].find((one) => one.hash.includes(before.record));
  link?.focus();
}

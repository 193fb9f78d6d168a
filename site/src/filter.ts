/** Which events are shown: the one answer that the list, the map and the timeline share. */

import type { Lookup } from "./lookup";
import type { Details, Event_ } from "./types";
import { filtered, type State } from "./state";

/**
 * Return the day that is shown, or undefined for all days. Where the address names none, it is the day of the event
 * that is open, all days where something is filtered, and otherwise the first day.
 */
export function shownDay(state: State, lookup: Lookup): string | undefined {
  if (state.day === "all") return undefined;
  if (lookup.days.includes(state.day)) return state.day;
  if (filtered(state)) return undefined;
  const event = lookup.events.get(state.record);
  const first = lookup.days[0];
  return event ? lookup.days.find((day) => covers(event, day)) : first;
}

/** Tell whether an event may have happened on a day. */
export function covers(event: Event_, day: string): boolean {
  return event.date_start <= day && day <= event.date_end;
}

/** Tell whether the bounds of an event are known to the day. */
export function sureOfDay(event: Event_): boolean {
  return event.date_precision === "day";
}

/** Tell whether an event is known to have happened in the place itself. */
export function sureOfPlace(event: Event_): boolean {
  return event.place_precision === "settlement" || event.place_precision === "site";
}

/** Return the events that pass all filters but the day, in the order of time. */
export function matching(state: State, lookup: Lookup, details?: Details): Event_[] {
  const words = fold(state.text).split(/\s+/).filter(Boolean);
  return lookup.index.events.filter(
    (event) =>
      (!state.type || event.event_type === state.type || String(lookup.group.get(event.event_type)) === state.type) &&
      (!state.place || lookup.chain(event.place_id).some((place) => place.place_id === state.place)) &&
      (!state.actor || event.actors.includes(state.actor)) &&
      (!state.corroboration || event.corroboration === state.corroboration) &&
      (!state.where || (lookup.at(event) !== undefined) === (state.where === "on")) &&
      (!words.length || holds(event, words, lookup, details)),
  );
}

const texts = new WeakMap<Event_, { full: boolean; text: string }>();

function holds(event: Event_, words: string[], lookup: Lookup, details?: Details): boolean {
  let known = texts.get(event);
  if (!known || (details && !known.full)) {
    const places = lookup.chain(event.place_id).slice(0, 2);
    const more = details?.events[event.event_id];
    const parts = [
      event.event_id,
      event.title,
      ...places.flatMap((place) => [place.name_en, place.name_uk]),
      more?.summary,
      more?.place_detail,
    ];
    known = { full: details !== undefined, text: fold(parts.filter(Boolean).join(" ")) };
    texts.set(event, known);
  }
  const { text } = known;
  return words.every((word) => text.includes(word));
}

/** Sort events: of one day those that are surest of it first; of all days as they came. */
export function ordered(events: Event_[], day: string | undefined): Event_[] {
  const length = (event: Event_) => Date.parse(event.date_end) - Date.parse(event.date_start);
  const rank = (event: Event_) => (day ? (sureOfDay(event) ? 0 : 1) : 0);
  const dates = (a: Event_, b: Event_) => compare(a.date_start, b.date_start) || compare(a.date_end, b.date_end);
  const spans = (a: Event_, b: Event_) => length(a) - length(b);
  return [...events].sort(
    (a, b) => rank(a) - rank(b) || (day ? spans(a, b) : dates(a, b)) || compare(a.event_id, b.event_id),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Fold what a reader would take for the same: case, accents, kinds of apostrophe. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’ʼ`]/g, "'").toLowerCase();
}

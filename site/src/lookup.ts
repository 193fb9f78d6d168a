/** The index with what is looked up in it again and again. */

import type { Actor, Event_, Index, Interval, Place } from "./types";

/** Finds places, actors, events and who controlled what in the index. */
export class Lookup {
  readonly places: Map<string, Place>;
  readonly actors: Map<string, Actor>;
  readonly events: Map<string, Event_>;
  readonly parts = new Map<string, Event_[]>();
  readonly group: Map<string, number>;
  readonly days: string[];
  private readonly intervals = new Map<string, Interval[]>();

  constructor(readonly index: Index) {
    this.places = new Map(index.places.map((place) => [place.place_id, place]));
    this.actors = new Map(index.actors.map((actor) => [actor.actor_id, actor]));
    this.events = new Map(index.events.map((event) => [event.event_id, event]));
    this.group = new Map(index.groups.flatMap(({ types }, number) => types.map((type) => [type, number])));
    this.days = daysBetween(index.package.start, index.package.end);
    for (const event of index.events) if (event.part_of) push(this.parts, event.part_of, event);
    for (const interval of index.control) push(this.intervals, interval.place_id, interval);
  }

  /** Return the intervals of a place in the order of time. */
  control(place: string): Interval[] {
    return (this.intervals.get(place) ?? []).toSorted((a, b) => (a.date_start < b.date_start ? -1 : 1));
  }

  /** Return the interval of a place that a day lies in. */
  held(place: string, day: string): Interval | undefined {
    return this.intervals.get(place)?.find((interval) => interval.date_start <= day && day <= interval.date_end);
  }

  /** Return the places whose control is recorded. */
  get controlled(): string[] {
    return [...this.intervals.keys()];
  }

  /** Return a place and those around it, nearest first. */
  chain(id: string): Place[] {
    const found: Place[] = [];
    for (let place = this.places.get(id); place && !found.includes(place);) {
      found.push(place);
      place = place.parent_id ? this.places.get(place.parent_id) : undefined;
    }
    return found;
  }

  /** Return the place at whose point an event is drawn: its own, or for a site without a point the settlement's. */
  at(event: Event_): Place | undefined {
    if (!["settlement", "site", "area", "route"].includes(event.place_precision)) return undefined;
    const [own, around] = this.chain(event.place_id);
    if (own?.latitude != null) return own;
    return own?.kind === "site" && around?.latitude != null ? around : undefined;
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Return the days of a period as `YYYY-MM-DD`. */
export function daysBetween(start: string, end: string): string[] {
  const found: string[] = [];
  const day = new Date(`${start}T00:00:00Z`);
  for (let text = start; text <= end; text = day.toISOString().slice(0, 10)) {
    found.push(text);
    day.setUTCDate(day.getUTCDate() + 1);
  }
  return found;
}

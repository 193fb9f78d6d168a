/** What the explorer shows, and its address: `#EVT-0012?type=shelling&day=2022-03-07`. */

export interface State {
  /** The record that is open: an event or a place. */
  record: string;
  /** A day, `all`, or nothing: then it is the first day, or all days where something is filtered. */
  day: string;
  type: string;
  place: string;
  actor: string;
  corroboration: string;
  /** `on` or `off` the map. */
  where: string;
  text: string;
}

const FILTERS = ["type", "place", "actor", "corroboration", "where", "text"] as const;
const NAMES = ["day", ...FILTERS] as const;
export type Filter = (typeof FILTERS)[number];

/** Read a state from the part of an address after `#`. */
export function parse(hash: string): State {
  const [record = "", query = ""] = split(hash.replace(/^#/, ""));
  const asked = new URLSearchParams(query);
  const state: State = {
    record: /^[A-Z]{3}-\d{4,}$/.test(record) ? record : "",
    day: "",
    type: "",
    place: "",
    actor: "",
    corroboration: "",
    where: "",
    text: "",
  };
  for (const name of NAMES) state[name] = asked.get(name) ?? "";
  return state;
}

function split(text: string): string[] {
  const at = text.indexOf("?");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Write a state as the part of an address after `#`, with it. */
export function format(state: State): string {
  const asked = new URLSearchParams();
  for (const name of NAMES) if (state[name]) asked.set(name, state[name]);
  const query = asked.toString();
  return `#${state.record}${query ? `?${query}` : ""}`;
}

/** Tell whether anything but the day is filtered. */
export function filtered(state: State): boolean {
  return FILTERS.some((name) => state[name] !== "");
}

/** The state of the page, kept in its address. */
export class Store {
  state = parse(location.hash);
  private readonly listeners: ((state: State, before: State) => void)[] = [];

  constructor() {
    addEventListener("hashchange", () => this.accept(parse(location.hash)));
  }

  /** Call a listener at every change. */
  subscribe(listener: (state: State, before: State) => void): void {
    this.listeners.push(listener);
  }

  /** Change the state; a step that one may want to go back from is `kept` in the history. */
  set(change: Partial<State>, kept = false): void {
    const next = { ...this.state, ...change };
    const address = format(next);
    if (kept) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    this.accept(next);
  }

  /** Return the address of a state that differs from the present one. */
  address(change: Partial<State>): string {
    return format({ ...this.state, ...change });
  }

  private accept(next: State): void {
    const before = this.state;
    this.state = next;
    for (const listener of this.listeners) listener(next, before);
  }
}

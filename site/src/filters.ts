/** The form that narrows down what is shown. */

import type { Lookup } from "./lookup";
import { byId, el, replace } from "./dom";
import { label, named, t, type Word } from "./i18n";
import { filtered, type Filter, type State, type Store } from "./state";

type Choice = [value: string, words: string];

/** Build the form, and keep it and the state alike. */
export function filters(lookup: Lookup, store: Store): void {
  const { index } = lookup;
  const change = (name: Filter) => (event: Event) =>
    store.set({ [name]: (event.target as HTMLInputElement).value, record: "" });
  const text = el("input", {
    id: "f-text",
    type: "search",
    autocomplete: "off",
    input: change("text"),
    "aria-describedby": "f-text-hint",
  });
  const selects: [Filter, Word, HTMLSelectElement][] = [
    ["type", "filterType", choose("type", types(lookup), change("type"))],
    ["place", "filterPlace", choose("place", [["", places(lookup)]], change("place"))],
    ["actor", "filterActor", choose("actor", [["", actors(lookup)]], change("actor"))],
    [
      "corroboration",
      "filterSources",
      choose(
        "corroboration",
        [
          [
            "",
            ["corroborated", "single-source", "contested"].map((code): Choice => [
              code,
              label(index, "corroboration", code),
            ]),
          ],
        ],
        change("corroboration"),
      ),
    ],
    [
      "where",
      "filterWhere",
      choose(
        "where",
        [
          [
            "",
            [
              ["on", t("onMap")],
              ["off", t("offMap")],
            ],
          ],
        ],
        change("where"),
      ),
    ],
  ];
  const reset = el(
    "button",
    {
      type: "button",
      class: "reset",
      click: () => store.set({ type: "", place: "", actor: "", corroboration: "", where: "", text: "", record: "" }),
    },
    t("reset"),
  );
  const field = (id: string, words: string, control: HTMLElement, hint?: HTMLElement) =>
    el("div", { class: `field ${id}` }, el("label", { for: `f-${id}` }, words), control, hint);
  const form = byId<HTMLFormElement>("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  replace(
    form,
    field("text", t("filterText"), text, el("span", { id: "f-text-hint", class: "hint" }, t("filterTextHint"))),
    el(
      "details",
      { open: matchMedia("(min-width: 700px)").matches },
      el("summary", {}, t("filters")),
      el("div", { class: "fields" }, ...selects.map(([name, word, select]) => field(name, t(word), select)), reset),
    ),
  );

  const follow = (state: State) => {
    if (text.value !== state.text) text.value = state.text;
    for (const [name, , select] of selects) select.value = state[name];
    reset.disabled = !filtered(state);
  };
  store.subscribe(follow);
  follow(store.state);
}

function choose(name: string, groups: [string, Choice[]][], change: (event: Event) => void): HTMLSelectElement {
  const options = groups.map(([words, choices]) => {
    const mine = choices.map(([value, word]) => el("option", { value }, word));
    return words ? [el("optgroup", { label: words }, ...mine)] : mine;
  });
  return el("select", { id: `f-${name}`, change }, el("option", { value: "" }, t("all")), ...options.flat());
}

function types(lookup: Lookup): [string, Choice[]][] {
  const used = new Set(lookup.index.events.map((event) => event.event_type));
  return lookup.index.groups.map(({ name, types }, number) => {
    const group = label(lookup.index, "groups", name);
    const mine = types.filter((code) => used.has(code));
    return [
      group,
      [
        [String(number), t("allOf", { name: group })],
        ...mine.map((code): Choice => [code, label(lookup.index, "events.event_type", code)]),
      ],
    ];
  });
}

/** Return the places that an event lies in, the wider ones first. */
function places(lookup: Lookup): Choice[] {
  const used = new Map<string, number>();
  for (const event of lookup.index.events)
    for (const place of lookup.chain(event.place_id)) used.set(place.place_id, (used.get(place.place_id) ?? 0) + 1);
  const wide = ["country", "oblast", "raion", "hromada"];
  const rank = (kind: string) => wide.indexOf(kind) + 1 || wide.length + 1;
  return lookup.index.places
    .filter((place) => used.has(place.place_id))
    .sort((a, b) => rank(a.kind) - rank(b.kind) || named(a).localeCompare(named(b)))
    .map((place) => [place.place_id, `${named(place)} (${used.get(place.place_id)})`]);
}

function actors(lookup: Lookup): Choice[] {
  const used = new Set(lookup.index.events.flatMap((event) => event.actors));
  return lookup.index.actors
    .filter((actor) => used.has(actor.actor_id))
    .map((actor): Choice => [actor.actor_id, named(actor)])
    .sort((a, b) => a[1].localeCompare(b[1]));
}

/** Who controlled each place on each day, a bar a place. */

import { scaleLinear } from "d3-scale";
import type { Lookup } from "../lookup";
import type { Interval } from "../types";
import { svg } from "../dom";
import { day, label, named, t } from "../i18n";
import { CONTROL } from "../symbols";
import { figure, INK, line, picture, WIDTH, words } from "./frame";

const ROW = 19;
const LEFT = 170;
const KINDS = ["oblast", "raion", "hromada", "city", "settlement", "village"];

const rank = (kind: string) => KINDS.indexOf(kind) + 1 || KINDS.length + 1;
const short = (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

export function controlChart(lookup: Lookup): HTMLElement {
  const { index } = lookup;
  const places = lookup.controlled
    .flatMap((id) => lookup.places.get(id) ?? [])
    .sort((a, b) => rank(a.kind) - rank(b.kind) || named(a).localeCompare(named(b)));
  const number = new Map(lookup.days.map((one, at) => [one, at]));
  const x = scaleLinear([-0.5, lookup.days.length - 0.5], [LEFT, WIDTH - 10]);
  const top = 34;
  const bars = places.flatMap((place, row) => {
    const y = top + row * ROW;
    return [
      words(LEFT - 8, y + 12, short(named(place)), { "text-anchor": "end" }),
      ...lookup.control(place.place_id).flatMap((interval) => {
        const [from, to] = [number.get(interval.date_start), number.get(interval.date_end)];
        return from === undefined || to === undefined ? [] : bar(interval, x(from - 0.5), x(to + 0.5), y);
      }),
    ];
  });
  const height = top + places.length * ROW + 24;
  const marks = lookup.days.flatMap((one, at) =>
    at % 7
      ? []
      : [
          line(x(at), top - 4, x(at), height - 22, "#e4e0d6"),
          words(x(at), height - 8, day(one), { "text-anchor": "middle" }),
        ],
  );
  const legend = Object.entries(CONTROL).flatMap(([controller], at) => {
    const left = LEFT + at * 130;
    return [
      ...bar({ controller } as Interval, left, left + 24, 6),
      words(left + 30, 18, label(index, "control.controller", controller)),
    ];
  });
  return figure({
    id: "control",
    title: t("figureControl"),
    note: t("figureControlNote"),
    undercount: t("undercount"),
    picture: picture(t("figureControl"), height, ...marks, ...legend, ...bars),
    head: [t("place"), t("controller"), t("from"), t("to"), t("howSure"), t("id")],
    rows: places.flatMap((place) =>
      lookup
        .control(place.place_id)
        .map((interval) => [
          named(place),
          label(index, "control.controller", interval.controller),
          interval.date_start,
          interval.date_end,
          label(index, "control.date_precision", interval.date_precision),
          interval.control_id,
        ]),
    ),
  });
}

/** Draw an interval; stripes say that it was contested, so that print without colour says it too. */
function bar(interval: Interval, from: number, to: number, y: number): SVGElement[] {
  const box = svg("rect", {
    x: from,
    width: Math.max(0, to - from - 1),
    y,
    height: ROW - 4,
    fill: CONTROL[interval.controller] ?? INK,
  });
  if (interval.controller !== "contested") return [box];
  let path = "";
  for (let at = from + 2; at + 7 < to; at += 7) path += `M${at.toFixed(1)},${y + ROW - 4} l6,${4 - ROW} `;
  return [box, svg("path", { d: path, stroke: "#7a4d00", "stroke-width": 1.2, fill: "none" })];
}

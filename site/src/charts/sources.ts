/** How many events have how many independent sources. */

import { scaleLinear } from "d3-scale";
import type { Figures, Index } from "../types";
import { svg } from "../dom";
import { label, t } from "../i18n";
import { CORROBORATION } from "../symbols";
import { figure, line, picture, WIDTH, words } from "./frame";

const MOST = 6;
const HEIGHT = 240;

export function sourcesChart(index: Index, { voices }: Figures): HTMLElement {
  const kinds = Object.keys(CORROBORATION);
  const columns = Array.from({ length: MOST + 1 }, (_, number) => number);
  const of = (kind: string, number: number) =>
    voices
      .filter((row) => row.corroboration === kind && Math.min(row.independent, MOST) === number)
      .reduce((sum, row) => sum + row.events, 0);
  const sums = columns.map((number) => kinds.reduce((sum, kind) => sum + of(kind, number), 0));
  const from = sums[0] ? 0 : 1;
  const y = scaleLinear([0, Math.max(1, ...sums)], [HEIGHT - 34, 40]).nice(5);
  const x = scaleLinear([from - 0.5, MOST + 0.5], [50, WIDTH - 20]);
  const bars = columns.slice(from).flatMap((number) => {
    let base = 0;
    return [
      ...kinds.map((kind) => {
        const mine = of(kind, number);
        base += mine;
        return (
          mine > 0 &&
          svg("rect", {
            x: x(number - 0.35),
            width: x(0.7) - x(0),
            y: y(base),
            height: y(0) - y(mine),
            fill: CORROBORATION[kind],
          })
        );
      }),
      words(x(number), y(sums[number] ?? 0) - 6, String(sums[number]), { "text-anchor": "middle", "font-weight": 600 }),
      words(x(number), HEIGHT - 12, number === MOST ? `${MOST}+` : String(number), { "text-anchor": "middle" }),
    ];
  });
  const legend = kinds.flatMap((kind, at) => [
    svg("rect", { x: 50 + at * 170, y: 4, width: 16, height: 12, fill: CORROBORATION[kind] }),
    words(72 + at * 170, 15, label(index, "corroboration", kind)),
  ]);
  return figure({
    id: "sources",
    title: t("figureSources"),
    note: t("figureSourcesNote"),
    undercount: t("undercount"),
    picture: picture(
      t("figureSources"),
      HEIGHT,
      ...legend,
      ...y
        .ticks(5)
        .flatMap((tick) => [
          line(50, y(tick), WIDTH - 20, y(tick)),
          words(44, y(tick) + 4, String(tick), { "text-anchor": "end" }),
        ]),
      ...bars,
    ),
    head: [t("corroboration"), t("sources"), t("eventsHead")],
    rows: voices.map((row) => [label(index, "corroboration", row.corroboration), row.independent, row.events]),
  });
}

/** Killed and injured by week, as ranges. */

import { scaleLinear } from "d3-scale";
import type { Figures, Index } from "../types";
import { svg } from "../dom";
import { days, label, t } from "../i18n";
import { figure, line, picture, WIDTH, words } from "./frame";

const OUTCOMES = ["killed", "injured"] as const;
const COLOUR = { killed: "#a3201d", injured: "#b06a00" };
const PANEL = 190;

export function tollChart(index: Index, { weeks, toll, people }: Figures): HTMLElement {
  const shown = toll.filter((row) => row.people === people[0]);
  const most = Math.max(1, ...shown.map(({ high }) => high));
  const width = WIDTH / 2;
  const panels = OUTCOMES.flatMap((outcome, number) => {
    const left = number * width + 40;
    const y = scaleLinear([0, most], [PANEL, 34]).nice(4);
    const x = scaleLinear([-0.5, weeks.length - 0.5], [left, left + width - 60]);
    const mine = shown.filter((row) => row.outcome === outcome);
    return [
      words(left, 14, t(outcome), { "font-weight": 600, "font-size": 14 }),
      ...y
        .ticks(4)
        .flatMap((tick) => [
          line(left, y(tick), left + width - 60, y(tick)),
          words(left - 6, y(tick) + 4, String(tick), { "text-anchor": "end" }),
        ]),
      ...weeks.map(({ first }, week) => {
        const [day, ...month] = days(first, first).split(" ");
        return svg(
          "text",
          { x: x(week), y: PANEL + 18, "text-anchor": "middle", "font-size": 11 },
          day,
          svg("tspan", { x: x(week), dy: 13 }, month.join(" ")),
        );
      }),
      ...mine.flatMap(({ week, low, best, high }) => {
        const at = x(week);
        const told = low === high ? String(high) : `${low}–${high}`;
        return [
          svg("line", {
            x1: at,
            x2: at,
            y1: y(low),
            y2: y(high),
            stroke: COLOUR[outcome],
            "stroke-width": 10,
            "stroke-linecap": "round",
            opacity: 0.35,
          }),
          svg("circle", { cx: at, cy: y(best), r: 5, fill: COLOUR[outcome], stroke: "#ffffff" }),
          words(at + 8, y(best) + 4, told, { "font-size": 11, "font-weight": 600 }),
        ];
      }),
    ];
  });
  return figure({
    id: "toll",
    title: t("figureToll"),
    note: t("figureTollNote"),
    undercount: t("undercount"),
    picture: picture(t("figureToll"), PANEL + 40, ...panels),
    head: [t("week"), t("of"), t("outcome"), t("low"), t("best"), t("high"), t("eventsHead")],
    rows: toll.map((row) => {
      const { first = "", last = "" } = weeks[row.week] ?? {};
      return [
        days(first, last),
        label(index, "people", row.people),
        t(row.outcome as "killed"),
        row.low,
        row.best,
        row.high,
        row.events,
      ];
    }),
  });
}

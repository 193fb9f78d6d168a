/** What was stated of people killed and injured in the whole area, by the day of the statement. */

import { scaleLinear, scaleUtc } from "d3-scale";
import type { Lookup } from "../lookup";
import type { Figures } from "../types";
import { svg } from "../dom";
import { day, days, label, named, t } from "../i18n";
import { worded } from "../counts";
import { figure, line, picture, WIDTH, words } from "./frame";

const HEIGHT = 260;
const COLOUR: Record<string, string> = { killed: "#a3201d", injured: "#b06a00" };

export function totalsChart(lookup: Lookup, { totals }: Figures): HTMLElement | undefined {
  const known = totals.filter((row) => row.as_of && (row.count_low ?? row.count_high) !== undefined);
  const [first, last] = [known[0]?.as_of, known.at(-1)?.as_of];
  if (!first || !last) return undefined;
  const size = (row: (typeof known)[number]) => row.count_low ?? row.count_high ?? 0;
  const x = scaleUtc([date(first), date(last)], [60, WIDTH - 60]);
  const y = scaleLinear([0, Math.max(1, ...known.map((row) => row.count_high ?? size(row)))], [HEIGHT - 34, 40]).nice(
    5,
  );
  const marks = known.flatMap((row) => {
    const [at, up, colour] = [x(date(row.as_of ?? first)), y(size(row)), COLOUR[row.outcome ?? ""] ?? "#333333"];
    const open = row.count_high === undefined || row.count_high === null;
    return [
      svg("circle", { cx: at, cy: up, r: 5, fill: colour, "fill-opacity": 0.75, stroke: "#ffffff" }),
      words(at + (at > WIDTH / 2 ? -9 : 9), up + 4, worded(known_(row)), {
        "text-anchor": at > WIDTH / 2 ? "end" : "start",
        "font-size": 11,
      }),
      open &&
        svg("path", {
          d: `M${at - 4},${up - 9} L${at},${up - 15} L${at + 4},${up - 9}`,
          fill: "none",
          stroke: colour,
          "stroke-width": 1.6,
        }),
    ];
  });
  return figure({
    id: "totals",
    title: t("figureTotals"),
    note: t("figureTotalsNote"),
    undercount: t("undercount"),
    picture: picture(
      t("figureTotals"),
      HEIGHT,
      ...Object.keys(COLOUR).flatMap((outcome, number) => [
        svg("circle", { cx: 66 + number * 130, cy: 12, r: 5, fill: COLOUR[outcome] }),
        words(78 + number * 130, 16, t(outcome as "killed")),
      ]),
      ...y
        .ticks(5)
        .flatMap((tick) => [
          line(50, y(tick), WIDTH - 40, y(tick)),
          words(44, y(tick) + 4, String(tick), { "text-anchor": "end" }),
        ]),
      ...x.ticks(6).map((tick) => words(x(tick), HEIGHT - 10, monthly(tick), { "text-anchor": "middle" })),
      ...marks,
    ),
    head: [t("statedOn"), t("outcome"), t("figure"), t("of"), t("date"), t("saidBy"), t("document")],
    rows: totals.map((row) => [
      row.as_of ?? "",
      t(row.outcome as "killed"),
      worded(known_(row)),
      label(lookup.index, "casualties.population", row.population),
      row.date_start && row.date_end ? days(row.date_start, row.date_end, "long") : "",
      named(lookup.actors.get(row.claimed_by ?? "")),
      row.source_id,
    ]),
  });
}

/** Return a row without nulls, as records have them. */
function known_<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}

function date(iso: string): Date {
  return new Date(`${iso}T00:00:00Z`);
}

function monthly(tick: Date): string {
  const iso = tick.toISOString().slice(0, 10);
  return `${day(iso)} ${iso.slice(0, 4)}`;
}

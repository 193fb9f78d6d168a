/** Events by the day on which they may have begun, a strip for each group of types. */

import { scaleLinear } from "d3-scale";
import type { Lookup } from "../lookup";
import type { Figures } from "../types";
import { svg } from "../dom";
import { day, days, label, t } from "../i18n";
import { groupColour } from "../symbols";
import { figure, line, picture, WIDTH, words } from "./frame";

const STRIP = 74;

export function typesChart(lookup: Lookup, { types, weeks }: Figures): HTMLElement {
  const { index } = lookup;
  const counted = index.groups.map(({ types: mine }) =>
    lookup.days.map(
      (one) => index.events.filter((event) => event.date_start === one && mine.includes(event.event_type)).length,
    ),
  );
  const most = Math.max(1, ...counted.flat());
  const x = scaleLinear([-0.5, lookup.days.length - 0.5], [40, WIDTH - 10]);
  const strips = index.groups.flatMap(({ name }, group) => {
    const base = (group + 1) * STRIP - 12;
    const y = scaleLinear([0, most], [base, base - STRIP + 30]);
    const mine = counted[group] ?? [];
    return [
      words(40, base - STRIP + 24, `${label(index, "groups", name)} (${mine.reduce((sum, one) => sum + one, 0)})`, {
        "font-weight": 600,
      }),
      line(40, y(most), WIDTH - 10, y(most)),
      words(34, y(most) + 4, String(most), { "text-anchor": "end", "font-size": 11 }),
      line(40, base, WIDTH - 10, base, "#888888"),
      ...mine.map(
        (number, at) =>
          number > 0 &&
          svg("rect", {
            x: x(at - 0.4),
            width: x(1) - x(0.2),
            y: y(number),
            height: base - y(number),
            fill: groupColour(group),
          }),
      ),
    ];
  });
  const height = index.groups.length * STRIP + 24;
  const marks = lookup.days.map(
    (one, at) => at % 7 === 0 && words(x(at), height - 8, day(one), { "text-anchor": "middle" }),
  );
  const row = (name: string, numbers: number[]) => [name, ...numbers, numbers.reduce((sum, one) => sum + one, 0)];
  return figure({
    id: "types",
    title: t("figureTypes"),
    note: t("figureTypesNote"),
    undercount: t("undercount"),
    picture: picture(t("figureTypes"), height, ...strips, ...marks),
    head: [t("type"), ...weeks.map(({ first, last }) => days(first, last)), t("outside"), t("sum")],
    rows: index.groups.flatMap(({ types: mine }) =>
      mine.flatMap((code) => {
        const numbers = types[code];
        return numbers ? [row(label(index, "events.event_type", code), numbers)] : [];
      }),
    ),
  });
}

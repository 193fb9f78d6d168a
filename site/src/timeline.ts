/** The timeline: how many events may have happened on each day, a slider over the days, and play and pause. */

import type { Lookup } from "./lookup";
import type { Event_ } from "./types";
import { byId, el, replace, svg } from "./dom";
import { covers, sureOfDay } from "./filter";
import { count, day as dayInWords, t } from "./i18n";

const HEIGHT = 56;
const STEP = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1600 : 800;

/** Count the events of each day, those dated to the day apart. */
export function perDay(events: readonly Event_[], days: readonly string[]): { sure: number; unsure: number }[] {
  return days.map((day) => {
    let [sure, unsure] = [0, 0];
    for (const event of events) if (covers(event, day)) sureOfDay(event) ? sure++ : unsure++;
    return { sure, unsure };
  });
}

export class Timeline {
  private readonly slider: HTMLInputElement;
  private readonly play: HTMLButtonElement;
  private readonly every: HTMLButtonElement;
  private readonly bars: SVGSVGElement;
  private timer: ReturnType<typeof setInterval> | undefined;
  private now = 0;

  constructor(
    private readonly lookup: Lookup,
    private readonly choose: (day: string) => void,
  ) {
    const last = lookup.days.length - 1;
    this.slider = el("input", {
      type: "range",
      min: 0,
      max: last,
      step: 1,
      "aria-label": t("dayShown"),
      input: () => {
        this.stop();
        this.pick(this.slider.valueAsNumber);
      },
    });
    this.play = el("button", { type: "button", class: "play", click: () => (this.timer ? this.stop() : this.start()) });
    this.every = el(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        click: () => {
          this.stop();
          choose(this.every.getAttribute("aria-pressed") === "true" ? this.day(this.now) : "all");
        },
      },
      t("wholePeriod"),
    );
    this.bars = svg("svg", {
      class: "bars",
      viewBox: `0 0 ${last} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      click: (event) => {
        const box = this.bars.getBoundingClientRect();
        const at = Math.round((((event as MouseEvent).clientX - box.left) / box.width) * last);
        this.stop();
        this.pick(Math.max(0, Math.min(last, at)));
      },
    });
    const marks = lookup.days.flatMap((day, number) => {
      if (number % 7) return [];
      const mark = el("span", {}, dayInWords(day));
      mark.style.left = `${(100 * number) / last}%`;
      return [mark];
    });
    const key = el(
      "p",
      { class: "key" },
      el("i", { class: "sure" }),
      t("barSure"),
      el("i", { class: "unsure" }),
      t("barUnsure"),
    );
    replace(
      byId("timeline"),
      this.play,
      el(
        "div",
        { class: "track" },
        this.bars,
        this.slider,
        el("div", { class: "marks", "aria-hidden": "true" }, ...marks),
      ),
      this.every,
      key,
    );
    this.label();
  }

  private day(number: number): string {
    return this.lookup.days[number] ?? this.lookup.index.package.start;
  }

  private pick(number: number): void {
    this.choose(this.day(number));
  }

  private start(): void {
    if (this.now >= this.lookup.days.length - 1) this.now = -1;
    this.pick(this.now + 1);
    this.timer = setInterval(() => {
      if (this.now >= this.lookup.days.length - 1) this.stop();
      else this.pick(this.now + 1);
    }, STEP);
    this.label();
  }

  /** Stop the play, as whoever takes hold of anything else would want. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.label();
  }

  private label(): void {
    const word = t(this.timer ? "pause" : "play");
    replace(this.play, el("span", { "aria-hidden": "true" }, this.timer ? "❚❚" : "▶"), " ", word);
  }

  /** Draw the events that pass the filters, and the day that is shown; all days where there is none. */
  draw(events: readonly Event_[], day: string | undefined): void {
    const found = perDay(events, this.lookup.days);
    const most = Math.max(1, ...found.map(({ sure, unsure }) => sure + unsure));
    const high = (number: number) => (number / most) * HEIGHT;
    this.now = day ? this.lookup.days.indexOf(day) : this.now;
    const rects = found.flatMap(({ sure, unsure }, number) => {
      const bar = (kind: string, y: number, height: number) =>
        svg("rect", { class: kind, x: number - 0.42, width: 0.84, y: HEIGHT - y - height, height });
      const back =
        number === this.now && day
          ? svg("rect", { class: "now", x: number - 0.5, width: 1, y: -4, height: HEIGHT + 4 })
          : null;
      return [back, bar("sure", 0, high(sure)), bar("unsure", high(sure), high(unsure))];
    });
    replace(this.bars, ...rects);
    this.slider.value = String(this.now);
    const { sure, unsure } = found[this.now] ?? { sure: 0, unsure: 0 };
    const shown = dayInWords(this.day(this.now), "long");
    this.slider.setAttribute("aria-valuetext", `${shown}: ${count(sure + unsure, "events")}`);
    this.every.setAttribute("aria-pressed", String(!day));
    this.slider.classList.toggle("idle", !day);
  }
}

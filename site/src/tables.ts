/** The page of tables: the rows of a CSV file as they are, searched, sorted and paged. */

import { csvParseRows } from "d3-dsv";
import { part } from "./data";
import type { Index } from "./types";
import { el, outward, replace, type Child } from "./dom";
import { fold } from "./filter";
import { count, t } from "./i18n";
import { within } from "./page-frame";

const SIZE = 50;

/** Let the reader choose a table; the address names it after `#`. */
export async function tablePage(place: HTMLElement): Promise<void> {
  const index = await part("index");
  const names = Object.keys(index.rows);
  const select = el(
    "select",
    {
      id: "table-name",
      change: () => {
        location.hash = select.value;
      },
    },
    ...names.map((name) => el("option", { value: name }, `${name} (${index.rows[name]})`)),
  );
  const view = el("div", {});
  place.append(
    el("p", {}, t("tablesIntro")),
    el("p", {}, el("label", { for: "table-name" }, t("tables")), " ", select),
    view,
  );
  const show = async () => {
    const asked = location.hash.slice(1);
    const name = names.includes(asked) ? asked : "events";
    select.value = name;
    await new Table(name, index, view).load();
  };
  addEventListener("hashchange", () => void show());
  await show();
}

class Table {
  private head: string[] = [];
  private rows: string[][] = [];
  private folded: string[] = [];
  private shown: string[][] = [];
  private sorted = { column: -1, down: false };
  private page = 0;
  private readonly body = el("div", { class: "scroll", tabindex: 0, role: "region" });
  private readonly told = el("output", {});
  private readonly pager = el("div", { class: "pager", role: "group", "aria-label": t("pages") });

  constructor(
    private readonly name: string,
    private readonly index: Index,
    private readonly view: HTMLElement,
  ) {}

  async load(): Promise<void> {
    [this.head = [], ...this.rows] = csvParseRows(await part(`table-${this.name}`));
    this.folded = this.rows.map((row) => fold(row.join(" ")));
    this.shown = this.rows;
    this.body.setAttribute("aria-label", this.name);
    const words = el("input", { type: "search", id: "table-words", input: () => this.narrow(words.value) });
    replace(
      this.view,
      el("h2", {}, this.name),
      el(
        "p",
        {},
        el("a", { href: within(`codebook.html#${this.name}`) }, t("codebook")),
        " · ",
        el("a", { href: `data/${this.name}.csv`, download: true }, t("downloadCsv")),
      ),
      el("p", {}, el("label", { for: "table-words" }, t("tableFilter")), " ", words, " ", this.told),
      this.body,
      this.pager,
    );
    this.draw();
  }

  private narrow(text: string): void {
    const words = fold(text).split(/\s+/).filter(Boolean);
    this.shown = this.rows.filter((_, number) => words.every((word) => this.folded[number]?.includes(word)));
    this.page = 0;
    this.sort();
  }

  private sort(): void {
    const { column, down } = this.sorted;
    if (column >= 0) {
      const order = new Intl.Collator("uk", { numeric: true });
      const sign = down ? -1 : 1;
      this.shown = [...this.shown].sort((a, b) => {
        const [one, other] = [a[column] ?? "", b[column] ?? ""];
        if (!one || !other) return one ? -1 : other ? 1 : 0; // the unknown comes last, whatever the order
        return sign * order.compare(one, other);
      });
    }
    this.draw();
  }

  private draw(): void {
    const pages = Math.max(1, Math.ceil(this.shown.length / SIZE));
    const some = this.shown.slice(this.page * SIZE, (this.page + 1) * SIZE);
    const heads = this.head.map((field, column) => {
      const mine = this.sorted.column === column;
      const press = () => {
        this.sorted = { column, down: mine && !this.sorted.down };
        this.sort();
        this.body.querySelectorAll<HTMLElement>("th button")[column]?.focus();
      };
      return el(
        "th",
        { scope: "col", "aria-sort": mine ? (this.sorted.down ? "descending" : "ascending") : null },
        el(
          "button",
          { type: "button", "aria-label": t("sortBy", { field }), click: press },
          field,
          el("span", { "aria-hidden": "true" }, mine ? (this.sorted.down ? " ▼" : " ▲") : ""),
        ),
      );
    });
    replace(
      this.body,
      el(
        "table",
        {},
        el("caption", { class: "hidden" }, this.name),
        el("thead", {}, el("tr", {}, ...heads)),
        el(
          "tbody",
          {},
          ...some.map((row) =>
            el(
              "tr",
              {},
              ...row.map((cell, column) =>
                el(
                  "td",
                  { class: cell.length > 60 ? "long" : cell.length < 25 ? "short" : null },
                  this.cell(cell, column),
                ),
              ),
            ),
          ),
        ),
      ),
    );
    this.told.textContent = t("rowsShown", {
      shown: count(this.shown.length, "rows"),
      all: this.index.rows[this.name] ?? 0,
    });
    const step = (by: number, word: "previous" | "next") =>
      el(
        "button",
        {
          type: "button",
          disabled: this.page + by < 0 || this.page + by >= pages,
          click: () => {
            this.page += by;
            this.draw();
            this.body.scrollTo({ top: 0 });
          },
        },
        t(word),
      );
    replace(this.pager, step(-1, "previous"), ` ${t("page", { page: this.page + 1, pages })} `, step(1, "next"));
  }

  private cell(text: string, column: number): Child {
    if (/^(EVT|PLC)-\d{4,}$/.test(text) && this.name !== "retired_ids")
      return el("a", { href: `${within("index.html")}#${text}` }, text);
    return this.head[column]?.endsWith("url") ? outward(text, text) : text;
  }
}

/** The words of the page in the language of its address: `?lang=uk`, or English. Data stay as they are written. */

import type { Index } from "./types";
import { en } from "./words/en";
import { uk } from "./words/uk";
import { labels as ukLabels } from "./words/uk-labels";

export type Word = keyof typeof en;
export type Language = "en" | "uk";

export const language: Language = new URLSearchParams(location.search).get("lang") === "uk" ? "uk" : "en";
const words: Record<Word, string> = language === "uk" ? uk : en;
const plural = new Intl.PluralRules(language);

/** Return a word or sentence of the page, its `{name}`s filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return words[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Return a number with its noun, such as `3 events`: the forms stand between bars, some with `{number}` in them. */
export function count(number: number, noun: Word): string {
  const forms = words[noun].split("|");
  const kinds = language === "uk" ? ["one", "few", "many"] : ["one", "other"];
  const at = kinds.indexOf(plural.select(number));
  const form = forms[at] ?? forms[forms.length - 1] ?? "";
  return form.includes("{number}") ? form.replace("{number}", String(number)) : `${number} ${form}`;
}

/** Return the label of a code. */
export function label(index: Index, field: string, code: string | null | undefined): string {
  if (!code) return "";
  const own = language === "uk" ? ukLabels[field]?.[code] : undefined;
  return own ?? index.labels[field]?.[code] ?? code;
}

/** Return the name of a place or actor in the language of the page, or the one there is. */
export function named(thing: { name_en: string; name_uk: string | null } | undefined): string {
  if (!thing) return "";
  return (language === "uk" && thing.name_uk) || thing.name_en;
}

/** Return the language in which `named` answers, for the attribute `lang`. */
export function nameLanguage(thing: { name_uk: string | null }): Language {
  return language === "uk" && thing.name_uk ? "uk" : "en";
}

const locale = language === "uk" ? "uk-UA" : "en-GB";
const formats = {
  short: new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }),
  long: new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
};
const shown = new Map<string, string>();

/** Return a day in words. */
export function day(iso: string, form: keyof typeof formats = "short"): string {
  const key = form + iso;
  let text = shown.get(key);
  if (text === undefined) {
    text = formats[form].format(new Date(`${iso}T00:00:00Z`));
    shown.set(key, text);
  }
  return text;
}

/** Return bounds in words; one day where they are equal. */
export function days(start: string, end: string, form: keyof typeof formats = "short"): string {
  return start === end ? day(start, form) : `${day(start, form)} – ${day(end, form)}`;
}

/** Return the name of a language, such as that of a document. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The data of the page, in the form in which `sumy2022 export site` writes them. */

export type Figure = [number | null, number | null, number | null];
export type Point = "settlement" | "site" | "area" | "route" | "raion" | "oblast" | "country";

export interface Event_ {
  event_id: string;
  event_type: string;
  title: string;
  date_start: string;
  date_end: string;
  date_precision: string;
  place_id: string;
  place_precision: Point;
  part_of?: string;
  killed?: Figure;
  injured?: Figure;
  actors: string[];
  corroboration: string | null;
  independent: number;
}
export interface Place {
  place_id: string;
  name_en: string;
  name_uk: string | null;
  kind: string;
  parent_id: string | null;
  latitude: number | null;
  longitude: number | null;
}
export interface Actor {
  actor_id: string;
  name_en: string;
  name_uk: string | null;
  kind: string;
  side: string | null;
}
export interface Interval {
  control_id: string;
  place_id: string;
  controller: string;
  date_start: string;
  date_end: string;
  date_precision: string;
}
export interface About {
  name: string;
  title: string;
  version: string;
  created: string;
  authors: string[];
  license: string;
  homepage: string | null;
  start: string;
  end: string;
  area: string | null;
  undercount: string;
}
export interface Index {
  package: About;
  rows: Record<string, number>;
  groups: { name: string; types: string[] }[];
  labels: Record<string, Record<string, string>>;
  places: Place[];
  actors: Actor[];
  events: Event_[];
  control: Interval[];
  outline: GeoJSON.FeatureCollection;
}
export interface Citation {
  source_id: string;
  stance: string;
  claimed_by?: string;
  note?: string;
}
export interface Count {
  casualty_id?: string;
  evacuation_id?: string;
  place_id?: string;
  from_place_id?: string;
  to_place_id?: string;
  date_start?: string;
  date_end?: string;
  as_of?: string;
  outcome?: string;
  population: string;
  sex?: string;
  age?: string;
  side?: string;
  count_low?: number;
  count_high?: number;
  wording: string;
  claimed_by?: string;
  source_id: string;
  status?: string;
  superseded_by?: string;
  note?: string;
}
export interface Source {
  title: string;
  publisher: string;
  kind: string;
  language: string;
  published?: string;
  url: string;
  archive_url?: string;
  accessed?: string;
  derived_from?: string;
  note?: string;
}
export interface Estimate {
  outcome: string;
  low?: number;
  best?: number;
  high?: number;
  claims: number;
  basis: string;
}
export interface EventDetails {
  summary: string;
  time_start?: string;
  place_detail?: string;
  actors: { actor_id: string; role: string; certainty: string }[];
  citations: Citation[];
  casualties: Count[];
  evacuations: Count[];
  figures: Estimate[];
}
export interface Details {
  events: Record<string, EventDetails>;
  sources: Record<string, Source>;
  control: Record<string, { note: string | null; citations: Citation[] }>;
  casualties: Count[];
  evacuations: Count[];
  actors: Record<string, { office?: string; note?: string }>;
}
export interface Figures {
  weeks: { first: string; last: string }[];
  people: string[];
  toll: { people: string; outcome: string; week: number; low: number; best: number; high: number; events: number }[];
  totals: (Count & { casualty_id: string })[];
  types: Record<string, number[]>;
  voices: { corroboration: string; independent: number; events: number }[];
}

/** The map: the outline as background, a marker a place, coloured by control, with its events around it. */

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import type { Lookup } from "./lookup";
import type { Event_, Place } from "./types";
import { el, replace, svg } from "./dom";
import { sureOfDay, sureOfPlace } from "./filter";
import { count, day as dayInWords, label, named, t } from "./i18n";
import { CONTROL, shape } from "./symbols";

const TOWNS = ["city", "settlement"];
const SIZE = 44;

interface Spot {
  place: Place;
  marker: L.Marker;
  icon: HTMLElement;
  drawn: string;
}

/** Draw the map once, and give back what draws the events and the control of a day into it. */
export class PlaceMap {
  private readonly map: L.Map;
  private readonly spots = new Map<string, Spot>();
  private tips: (place: Place) => string = named;

  constructor(
    private readonly lookup: Lookup,
    element: HTMLElement,
    private readonly open: (place: string) => void,
  ) {
    this.map = L.map(element, {
      preferCanvas: true,
      zoomSnap: 0.25,
      minZoom: 7,
      maxZoom: 13,
      attributionControl: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    const area = this.background();
    if (area.isValid()) {
      const legend = matchMedia("(min-width: 1200px)").matches ? 190 : 4; // where it lies over the map, as the styles say
      this.map.fitBounds(area, { paddingTopLeft: [4, 4], paddingBottomRight: [legend, 4] });
      this.map.setMaxBounds(area.pad(0.6));
    } else this.map.setView([50, 31], 6);
    for (const place of lookup.index.places) if (place.latitude !== null) this.add(place);
    this.map.on("zoomend", () => this.nameBySize());
    this.nameBySize();
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(element);
  }

  /** Draw the outlines and the names of the neighbours; return the bounds of the area. */
  private background(): L.LatLngBounds {
    const bounds = L.latLngBounds([]);
    const style = (feature?: GeoJSON.Feature): L.PathOptions =>
      feature?.properties?.role === "area"
        ? { color: "#6b6557", weight: 1.6, fillColor: "#fffdf8", fillOpacity: 1 }
        : { color: "#c9c2b2", weight: 0.8, fillColor: "#eeeae0", fillOpacity: 1 };
    const order = [...this.lookup.index.outline.features].sort((a) => (a.properties?.role === "area" ? 1 : -1));
    for (const feature of order) {
      const layer = L.geoJSON(feature, { style, interactive: false }).addTo(this.map);
      if (feature.properties?.role === "area") bounds.extend(layer.getBounds());
      else {
        const { name_en, name_uk } = feature.properties ?? {};
        const words = el("span", { "aria-hidden": "true" }, named({ name_en: String(name_en), name_uk }));
        const icon = L.divIcon({ className: "region", html: words, iconSize: [120, 16] });
        L.marker(layer.getBounds().getCenter(), { icon, interactive: false, keyboard: false }).addTo(this.map);
      }
    }
    return bounds;
  }

  private add(place: Place): void {
    const icon = el("div", {});
    const marker = L.marker([place.latitude ?? 0, place.longitude ?? 0], {
      icon: L.divIcon({ className: `spot ${place.kind}`, html: icon, iconSize: [SIZE, SIZE] }),
      riseOnHover: true,
      zIndexOffset: place.kind === "city" ? 1000 : 0, // so that no village covers the name of a town
    });
    marker.on("click keypress", (event) => {
      const key = (event as L.LeafletKeyboardEvent).originalEvent?.key;
      if (key === undefined || key === "Enter" || key === " ") this.open(place.place_id);
    });
    marker.bindTooltip(() => el("span", {}, this.tips(place)), { direction: "top", offset: [0, -14] });
    this.spots.set(place.place_id, { place, marker, icon, drawn: "" });
  }

  /** Draw the events, and the control of a day where there is one. */
  draw(events: readonly Event_[], day: string | undefined): void {
    const at = new Map<string, Event_[]>();
    for (const event of events) {
      const place = this.lookup.at(event)?.place_id;
      if (place) at.set(place, [...(at.get(place) ?? []), event]);
    }
    this.tips = (place) => this.tip(place, at.get(place.place_id) ?? [], day);
    for (const spot of this.spots.values()) this.drawSpot(spot, at.get(spot.place.place_id) ?? [], day);
  }

  private tip(place: Place, events: Event_[], day: string | undefined): string {
    const controller = day && this.lookup.held(place.place_id, day)?.controller;
    const held =
      controller &&
      `${t("controlOn", { day: dayInWords(day) })}: ${label(this.lookup.index, "control.controller", controller)}`;
    return [named(place), held, count(events.length, "events")].filter(Boolean).join(" · ");
  }

  private drawSpot(spot: Spot, events: Event_[], day: string | undefined): void {
    const { place, marker, icon } = spot;
    const town = TOWNS.includes(place.kind);
    const controller = day ? this.lookup.held(place.place_id, day)?.controller : undefined;
    const shown = town || events.length > 0 || controller !== undefined;
    const groups = this.byGroup(events);
    const wanted = shown ? JSON.stringify([controller, groups]) : "";
    if (wanted === spot.drawn) return;
    spot.drawn = wanted;
    if (!shown) {
      marker.remove();
      return;
    }
    const far = town ? 13 : 10;
    const symbols = groups.map(({ group, number, hollow, faded }) => {
      const angle = (group * Math.PI) / 3 - Math.PI / 2;
      const radius = Math.min(3 + Math.sqrt(number), town ? 7.5 : 5.5);
      return shape(group, far * Math.cos(angle), far * Math.sin(angle), radius, { hollow, faded });
    });
    const half = SIZE / 2;
    const picture = svg(
      "svg",
      { viewBox: `${-half} ${-half} ${SIZE} ${SIZE}`, width: SIZE, height: SIZE, "aria-hidden": "true" },
      ...symbols,
      ...dot(controller, place.kind === "city" ? 5 : 3.6),
    );
    replace(icon, picture, el("span", { class: "name" }, named(place)));
    marker.addTo(this.map);
    const element = marker.getElement();
    element?.setAttribute("aria-label", this.tip(place, events, day));
    element?.setAttribute("data-control", controller ?? "");
  }

  /** Gather the events of a place by group: how many, and whether not one of them is sure of its place or day. */
  private byGroup(events: Event_[]): { group: number; number: number; hollow: boolean; faded: boolean }[] {
    const found = new Map<number, Event_[]>();
    for (const event of events) {
      const group = this.lookup.group.get(event.event_type) ?? this.lookup.index.groups.length - 1;
      found.set(group, [...(found.get(group) ?? []), event]);
    }
    return [...found].map(([group, mine]) => ({
      group,
      number: mine.length,
      hollow: !mine.some(sureOfPlace),
      faded: !mine.some(sureOfDay),
    }));
  }

  /** Show the names that there is room for. */
  private nameBySize(): void {
    const zoom = this.map.getZoom();
    this.map.getContainer().dataset.near = zoom >= 10 ? "villages" : zoom >= 8.75 ? "settlements" : "cities";
  }

  /** Bring a place into view, if it lies outside. */
  show(place: Place | undefined): void {
    for (const spot of this.spots.values())
      spot.marker.getElement()?.classList.toggle("chosen", spot.place.place_id === place?.place_id);
    if (place?.latitude == null || place.longitude == null) return;
    const point = L.latLng(place.latitude, place.longitude);
    if (!this.map.getBounds().pad(-0.1).contains(point)) this.map.panTo(point);
  }
}

/** Draw the dot of a place: its colour says who controlled it, and stripes that it was contested. */
export function dot(controller: string | undefined, radius: number): SVGElement[] {
  const fill = controller ? CONTROL[controller] : "#ffffff";
  const circle = svg("circle", { r: radius, fill, stroke: "#222222", "stroke-width": controller ? 1 : 1.4 });
  if (controller !== "contested") return [circle];
  const c = radius * 0.6;
  const stripe = (d: number) =>
    svg("path", { d: `M${d - c},${c} L${d + c},${-c}`, stroke: "#222222", "stroke-width": 1.1, fill: "none" });
  const clip = radius * 0.45;
  return [circle, stripe(0), stripe(-clip), stripe(clip)];
}

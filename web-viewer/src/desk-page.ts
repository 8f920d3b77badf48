/** Puts the dispatch console together: what the socket says of operations, what a dispatcher does, what the map shows. */
import { applyToDesk } from './live/incidents';
import type { CityMap } from './map/city-map';
import { opsPicture } from './map/ops-picture';
import { NO_RING, ringPicture } from './map/ring-picture';
import { setQuery } from './state/address';
import { chosenCamera, closures, draft, placing, ranked, timeline, viewsheds } from './state/console';
import { beat, chosenIncident, desk } from './state/desk';
import { language, words } from './state/language';
import { fleet } from './state/live';
import { page } from './state/page';
import { INCIDENT_ZOOM, placeOf } from './state/place';
import { ring, ringRows } from './state/ring';
import { move } from './state/selection';
import { session } from './state/session';
import { show } from './state/windows';
import { makeWork, type Work } from './state/work';
import { zones } from './state/zones';
import { newId } from './wire/id';
import type { LiveMessage, Since } from './wire/live';
import type { Leaves, Operations, RankedUnit } from './wire/operations';
import { fill, sayCode, saySpan } from './words';

/** What the console's panels cover of each side, in rem; with the lists in a window of their own nothing but the strips. */
const COVERED = { left: 23.25, top: 3, right: 27, bottom: 3.75 };
const UNCOVERED = { left: 0, top: 3, right: 0, bottom: 3.75 };

export interface DeskPage {
  work: Work;
  /** The last event that this page has. */
  since(): Since;
  hear(message: LiveMessage): void;
  join(map: CityMap): void;
}

export function makeDeskPage(api: Operations, now: () => number): DeskPage {
  const work = makeWork({
    api,
    now,
    id: newId,
    say: (key) => words.get()[key],
  });
  let asked = new URLSearchParams(location.search).get('inc');
  let started = false;

  session.subscribe((is) => {
    // Other pages have no console, and their logins may not be allowed to ask for what stands in one.
    if (page !== 'dispatch' || is.tag !== 'in' || started) return;
    started = true;
    work.started();
  });
  // Reasons come in the language that they were asked in.
  let spoken = language.get();
  language.subscribe((lang) => {
    if (lang === spoken) return;
    spoken = lang;
    work.lookAgain();
  });
  chosenIncident.subscribe((id) => {
    if (id === null && asked !== null) return; // not yet seen whether it is there
    setQuery('inc', id);
  });

  return {
    work,
    since: () => ({ seq: desk.get().seq, epoch: desk.get().epoch }),
    hear(message) {
      desk.set(applyToDesk(desk.get(), message));
      if (message.t === 'heartbeat')
        beat.set({ sources: message.sources ?? {}, alarms: message.alarms ?? [] });
      work.hear(message);
      if (message.t !== 'snapshot' || asked === null) return;
      const wanted = asked;
      asked = null;
      if (desk.get().incidents.has(wanted)) work.choose(wanted);
    },
    join(map) {
      show.subscribe((has) => map.setCovered(has === 'map' ? UNCOVERED : COVERED));
      // Hundreds of cameras: put together when something of them has changed, not with each position of a unit.
      let drawnRing = NO_RING;
      const drawRing = () => {
        const [of, told] = [ring.get(), timeline.get()];
        const rows = of === null ? [] : ringRows(of, told?.incident === of.incident ? told.items : []);
        const label = (s: number) => fill(words.get().ringReach, { n: s / 60 });
        drawnRing = ringPicture(of, rows, chosenCamera.get(), label);
      };
      for (const one of [ring, timeline, chosenCamera, words]) one.subscribe(drawRing);
      const draw = () =>
        map.setOps(
          opsPicture({
            desk: desk.get(),
            chosen: chosenIncident.get(),
            draft: draft.get()?.at ?? null,
            ranked: ranked.get(),
            viewsheds: viewsheds.get(),
            camera: chosenCamera.get(),
            closures: closures.get(),
            zones: zones.get(),
            ring: drawnRing,
            fleet: fleet.get(),
            eta,
            left,
          }),
        );
      for (const one of [
        desk,
        chosenIncident,
        draft,
        ranked,
        viewsheds,
        chosenCamera,
        closures,
        zones,
        fleet,
        words,
        ring,
        timeline,
      ])
        one.subscribe(draw);
      placing.subscribe((place) => map.aim(place !== null));
      chosenIncident.subscribe((id) => {
        const one = desk.get().incidents.get(id ?? '');
        const place = one === undefined ? null : placeOf(one);
        if (place !== null) move.set({ tag: 'fly', to: place, zoom: INCIDENT_ZOOM });
      });
    },
  };
}

function eta(row: RankedUnit): string {
  const [least, most] = row.eta_range_s ?? [row.eta_s ?? 0, row.eta_s ?? 0];
  return saySpan(least ?? 0, most);
}

function left({ service, target_s }: Leaves): string {
  const w = words.get();
  return fill(w.leftArea, { service: sayCode(w, 'service', service), span: saySpan(target_s) });
}

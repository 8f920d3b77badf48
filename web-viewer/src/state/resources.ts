/** What helps near the chosen incident: hydrants, AEDs, shelters, hospitals. Asked for when somebody opens the list. */
import type { Resource, ResourcesOfKind, Zoning } from '../wire/zones';
import { cell } from './cell';
import { type Part, partOf } from './console';
import { chosenIncident } from './desk';

/** How many of each kind. */
const EACH = 3;

export const resources = cell<{ incident: string; part: Part<readonly ResourcesOfKind[]> } | null>(null);

/** What was said of a place, in the words in which it was said: `beds 4, open ✓`. */
export function sayState({ state }: Resource): string {
  const said = Object.entries(state?.value ?? {});
  return said
    .map(([name, value]) => `${name} ${value === true ? '✓' : value === false ? '✗' : value}`)
    .join(', ');
}

export function makeResources({ api, now }: { api: Zoning; now: () => number }) {
  chosenIncident.subscribe(() => resources.set(null));

  /** Opens the list of an incident; the same again closes it. */
  async function toggle(incident: string): Promise<void> {
    if (resources.get()?.incident === incident) {
      resources.set(null);
      return;
    }
    resources.set({ incident, part: { tag: 'asking' } });
    const answer = await api.resources(incident, EACH);
    if (resources.get()?.incident !== incident) return;
    const part = partOf(answer, now());
    resources.set({ incident, part: part.tag === 'ok' ? { ...part, value: part.value.resources } : part });
  }

  return { toggle };
}

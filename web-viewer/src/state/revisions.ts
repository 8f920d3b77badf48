export type Revisions = Readonly<Record<string, number | string>>;

/** Layers whose revision changed while nobody listened; a layer never seen before is not a change. */
export function changedLayers(known: Revisions, now: Revisions): string[] {
  return Object.keys(now).filter((layer) => layer in known && known[layer] !== now[layer]);
}

/** Moves the focus to the next or the previous of a list; from outside of it to the first. False: there is nowhere to go. */
export function stepFocus(list: readonly HTMLElement[], by: 1 | -1): boolean {
  const at = list.indexOf(document.activeElement as HTMLElement);
  const next = list[at === -1 ? 0 : at + by];
  next?.focus();
  return next !== undefined;
}

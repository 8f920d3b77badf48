/** The command bar: what a line means, said before it is done, and how a word may be ended. */
import { halfWidth } from './keys';

/** What names can stand for: units by call sign, incidents by number. */
export interface Names {
  units: readonly { id: string; call_sign: string }[];
  /** Units with an order of the chosen incident. */
  sent: readonly { id: string; call_sign: string }[];
  incidents: readonly string[];
  /** Kinds of incident: code and what it is called here. */
  kinds: readonly { code: string; name: string }[];
  /** Whether an incident is chosen: most commands are about it. */
  chosen: boolean;
}

export type Meaning =
  | { tag: 'nothing' }
  | { tag: 'new'; text: string; priority: number | null; kind: string | null }
  | { tag: 'assign' | 'why' | 'recall' | 'voice'; units: { id: string; call_sign: string }[] }
  | { tag: 'note'; text: string }
  | { tag: 'prioritise'; priority: number }
  | { tag: 'classify'; kind: string }
  | { tag: 'go'; incident: string }
  | { tag: 'go-unit'; unit: { id: string; call_sign: string } }
  /** A place to look for: a line that begins with no command, and what `g` means when nobody is called so. */
  | { tag: 'find'; text: string }
  /** `why` says what is missing: no incident is chosen, nobody is called so. */
  | { tag: 'unclear'; why: 'no-incident' | 'no-name'; word: string };

const COMMANDS: Readonly<Record<string, 'new' | 'assign' | 'why' | 'recall' | 'voice' | 'note' | 'go'>> = {
  n: 'new',
  a: 'assign',
  w: 'why',
  r: 'recall',
  v: 'voice',
  m: 'note',
  g: 'go',
};

/** Reads a line. Full-width letters and signs are their half-width twins; words that are kept stay as they were typed. */
export function readBar(typed: string, names: Names): Meaning {
  const line = typed.trim();
  if (line === '') return { tag: 'nothing' };
  const first = halfWidth(line.split(/\s+/)[0] ?? '');
  const rest = line.slice(line.split(/\s+/)[0]?.length ?? 0).trim();
  const priority = /^!([1-4])$/.exec(first)?.[1];
  if (priority !== undefined)
    return about(names, () => ({ tag: 'prioritise', priority: Number(priority) }), first);
  if (first.startsWith('/')) {
    const kind = kindOf(first.slice(1), names.kinds);
    return about(names, () => (kind === null ? unknown('no-name', first) : { tag: 'classify', kind }), first);
  }
  const command = COMMANDS[first.toLowerCase()];
  if (command === undefined) return { tag: 'find', text: line };
  switch (command) {
    case 'new':
      return readNew(rest, names);
    case 'go':
      return readGo(rest, names);
    case 'note':
      return about(names, () => (rest === '' ? { tag: 'nothing' } : { tag: 'note', text: rest }), rest);
    case 'assign':
    case 'why':
      return about(names, () => readUnits(command, rest, names.units), rest);
    case 'recall':
    case 'voice':
      return about(names, () => readUnits(command, rest, names.sent), rest);
  }
}

function about(names: Names, read: () => Meaning, word: string): Meaning {
  return names.chosen ? read() : unknown('no-incident', word);
}

function unknown(why: 'no-incident' | 'no-name', word: string): Meaning {
  return { tag: 'unclear', why, word };
}

function readNew(rest: string, names: Names): Meaning {
  let [priority, kind]: [number | null, string | null] = [null, null];
  const words = rest.split(/\s+/).filter((word) => {
    const half = halfWidth(word);
    const urgent = /^!([1-4])$/.exec(half)?.[1];
    if (urgent !== undefined) priority = Number(urgent);
    const found = half.startsWith('/') ? kindOf(half.slice(1), names.kinds) : null;
    if (found !== null) kind = found;
    return urgent === undefined && found === null;
  });
  return { tag: 'new', text: words.join(' '), priority, kind };
}

function readUnits(tag: 'assign' | 'why' | 'recall' | 'voice', rest: string, from: Names['units']): Meaning {
  if (rest === '') return { tag: 'nothing' };
  const units: { id: string; call_sign: string }[] = [];
  for (const word of rest.split(/\s+/)) {
    const unit = named(word, from);
    if (unit === undefined) return unknown('no-name', word);
    units.push(unit);
  }
  return { tag, units };
}

function readGo(rest: string, names: Names): Meaning {
  if (rest === '') return { tag: 'nothing' };
  const half = halfWidth(rest);
  const incident =
    names.incidents.find((id) => id === half) ?? only(names.incidents, (id) => id.endsWith(half));
  if (incident !== undefined) return { tag: 'go', incident };
  const unit = named(rest, names.units);
  return unit === undefined ? { tag: 'find', text: rest } : { tag: 'go-unit', unit };
}

/** By its whole name, or by a part of it that only one has. */
function named(word: string, from: Names['units']): Names['units'][number] | undefined {
  const half = halfWidth(word).toLowerCase();
  const is = (unit: { id: string; call_sign: string }) =>
    unit.call_sign.toLowerCase() === half || unit.id.toLowerCase() === half;
  return from.find(is) ?? only(from, ({ call_sign }) => call_sign.toLowerCase().includes(half));
}

/** The kind of incident that a word stands for: its code, or the only one that the word begins or is a part of. */
export function kindOf(word: string, kinds: Names['kinds']): string | null {
  const small = word.toLowerCase();
  if (small === '') return null;
  const is = ({ code, name }: Names['kinds'][number]) =>
    code.startsWith(small) || name.toLowerCase().includes(small);
  return (kinds.find(({ code }) => code === small) ?? only(kinds, is))?.code ?? null;
}

function only<T>(all: readonly T[], is: (one: T) => boolean): T | undefined {
  const found = all.filter(is);
  return found.length === 1 ? found[0] : undefined;
}

/** Whole lines that the typed one may become: names that hold its last word, those first that begin with it. */
export function completions(typed: string, names: Names, most = 6): string[] {
  const at = typed.search(/\S*$/);
  const [before, word] = [typed.slice(0, at), halfWidth(typed.slice(at)).toLowerCase()];
  const command = COMMANDS[halfWidth(before.trim().split(/\s+/)[0] ?? '').toLowerCase()];
  if (word === '' && before === '') return [];
  const pool =
    word.startsWith('/') && before !== ''
      ? names.kinds.map(({ name }) => `/${name}`)
      : command === 'assign' || command === 'why'
        ? names.units.map(({ call_sign }) => call_sign)
        : command === 'recall' || command === 'voice'
          ? names.sent.map(({ call_sign }) => call_sign)
          : command === 'go'
            ? [...names.incidents, ...names.units.map(({ call_sign }) => call_sign)]
            : [];
  const found = pool.filter((name) => name.toLowerCase().includes(word));
  found.sort((a, b) => Number(b.toLowerCase().startsWith(word)) - Number(a.toLowerCase().startsWith(word)));
  return found.slice(0, most).map((name) => before + name);
}

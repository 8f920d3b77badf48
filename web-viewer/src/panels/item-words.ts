import type { FoundKind, Item } from '../wire/answers';
import type { Language } from '../words';

/** What an item is called: its name in the language if it has one, else what tells it apart. */
export function nameOf(kind: FoundKind, item: Item, language: Language): string {
  const read = (key: string) => {
    const value = item.properties[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const english = language === 'en' ? read('name_en') : null;
  switch (kind) {
    case 'houses':
      return (language === 'en' ? read('address_en') : null) ?? read('address') ?? item.id;
    case 'units':
      return read('call_sign') ?? english ?? read('name') ?? item.id;
    case 'enterprises':
    case 'cameras':
    case 'places':
      return english ?? read('name') ?? item.id;
  }
}

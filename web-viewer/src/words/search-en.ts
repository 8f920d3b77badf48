import type { searchZh } from './search-zh';

/** Words of the search, English. */
export const searchEn: { readonly [K in keyof typeof searchZh]: string } = {
  search: 'Search',
  searchHint: 'Place, address, crossing, enterprise, camera; pinyin initials work',
  searchNone: 'Nothing found for “{text}”',
  searchAsking: 'Looking…',
  searchFailed: 'The server did not answer; Enter asks again',
  searchVia: 'also {name}',
  searchAway: '{n} m',
  searchAwayKm: '{n} km',
  searchSure: '{n} %',
  barFind: 'Look for “{text}”, Enter goes there',
  found_place: 'Place',
  found_address: 'Address',
  found_building: 'Building',
  found_enterprise: 'Enterprise',
  found_camera: 'Camera',
  found_road: 'Road',
  found_crossing: 'Crossing',
  found_kilometre: 'Kilometre',
  found_division: 'Division',
  found_grid: 'Grid',
  found_water: 'Water',
  found_land: 'Land',
  found_unit: 'Unit',
  found_incident: 'Incident',
};

import type { heatZh } from './heat-zh';

/** Words of heat, English. */
export const heatEn: { readonly [K in keyof typeof heatZh]: string } = {
  heat: 'Heat of calls',
  layer_heat: 'Heat of calls',
  heatDays: 'Days of heat',
  heatLast: 'last {n} days',
  heatAll: 'all days',
  heatCount: '{n} calls',
  heatPeriod: '{from} to {to}',
  heatUnit: 'calls/km², each spread over {m} m',
  heatLeftOut:
    'Only three or more of a kind near each other are drawn: {percent} % of all calls; the rest is left out',
  heatNone: 'Nothing to draw: in these days no three calls of a kind lie near each other',
  heatAsking: 'Reading heat…',
  heatFailed: 'No answer about heat; asked again',
  heatLate: 'Not renewed: this is the heat of {time}',
  heatMissing: 'Some pictures of heat did not come',
  heatNear: 'Not drawn this near; farther out it is',
  help_heat: 'Heat of calls',
};

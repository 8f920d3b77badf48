/** Codes that a person chooses from; what they are called stands in the catalogues. */

/** Kinds of incident, in the order in which they are offered. */
export const KINDS = [
  'unknown',
  'criminal',
  'public_order',
  'traffic',
  'fire_disaster',
  'help',
  'dispute',
  'report_complaint',
  'consult',
  'non_police',
  'invalid',
] as const;

/** How an incident came in, as far as a person enters it. */
export const SOURCES = [
  'manual',
  'call_110',
  'call_119',
  'call_120',
  'call_122',
  'hotline_12345',
  'one_key_alarm',
  'grid_report',
  'patrol_report',
  'volunteer_report',
  'enterprise_whistle',
  'department_transfer',
  'ai_camera',
  'iot_sensor',
] as const;

/** With what result an incident ends. */
export const DISPOSITIONS = [
  'settled',
  'advised',
  'handed_over',
  'mediated',
  'false_alarm',
  'untraced',
  'safe',
] as const;

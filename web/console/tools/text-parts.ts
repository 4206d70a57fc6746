/**
 * Texts of screens that are opened later are files of their own, those of people and their units, those of cars and their
 * terminals, those of trips, and those of what went wrong: the map waits for none of them. So are most error codes, for which
 * nobody waits: the service says the words of its errors itself.
 */
const PEOPLE = /^(security|accounts|audit|audit_action|audit_kind|drivers|suppliers|seals|peers|figures|handling|delegate\.(?!title)|function|units|lines|import)\b/;
const LATER = /^((playback|weekday|powertrain|rules|documents|command|message|frames|inspect|platform|inbox|log|close|result|protocol|firmware)\b|keys\.(?!title)|terminal\.(?!reason|column_state)|devices\.(?!secret_gone|actions)|vehicle\.(?!unit$)|exempt\.(?!mark|(begin|end)$))/;
/** What the driver's terminal says, which is an application of its own. */
const DRIVER = /^driver_app\b/;
const TRIPS = /^(trips|apply|request|decide|order|board|flows|sheet|plans|incidents|hand_over|proposal)\b/;
/** What is looked into afterwards: findings, cases, defects, sensitive places; and calls for help. */
const OVERSIGHT = /^(findings|cases|defects|places|urgent)\b/;
/** What trips and the running of cars cost, the money of units for them, and the public register, which opens to anybody. */
const MONEY = /^(money|allowances|settle|public|running|right_size)\b/;
/** The life of cars: establishment, purchases, renewal, disposal. */
const LIFE = /^(life|renewal|report)\b/;
/** A car's whole life on one line, and the wall for leaders. */
const WHOLE = /^(whole|wall)\b/;
const ERRORS = /^error\.(?!auth|console|live|oidc|request|server|service|session|store)\b/;

export type Part = 'first' | 'people' | 'later' | 'trips' | 'money' | 'oversight' | 'life' | 'whole' | 'errors' | 'driver';

/** Which part of a language's file a text is in. */
export function partOf(key: string): Part {
  if (DRIVER.test(key)) return 'driver';
  if (ERRORS.test(key)) return 'errors';
  if (PEOPLE.test(key)) return 'people';
  if (TRIPS.test(key)) return 'trips';
  if (OVERSIGHT.test(key)) return 'oversight';
  if (LIFE.test(key)) return 'life';
  if (WHOLE.test(key)) return 'whole';
  if (MONEY.test(key)) return 'money';
  return LATER.test(key) ? 'later' : 'first';
}

import { type Duration, hour, minute, second } from '../../support/time.js';

const day = 24 * hour;
const year = 365 * day;

/** An age as kubectl prints it (`HumanDuration` of k8s.io/apimachinery): never more than two units, fewer as it grows. */
export function age(duration: Duration): string {
  if (duration < 0) return duration < -second ? '<invalid>' : '0s';
  const whole = (unit: Duration) => Math.floor(duration / unit);
  const pair = (big: Duration, bigName: string, small: Duration, smallName: string) => {
    const rest = Math.floor((duration % big) / small);
    return rest === 0 ? `${whole(big)}${bigName}` : `${whole(big)}${bigName}${rest}${smallName}`;
  };
  if (duration < 2 * minute) return `${whole(second)}s`;
  if (duration < 10 * minute) return pair(minute, 'm', second, 's');
  if (duration < 3 * hour) return `${whole(minute)}m`;
  if (duration < 8 * hour) return pair(hour, 'h', minute, 'm');
  if (duration < 2 * day) return `${whole(hour)}h`;
  if (duration < 8 * day) return pair(day, 'd', hour, 'h');
  if (duration < 2 * year) return `${whole(day)}d`;
  if (duration < 8 * year) return pair(year, 'y', day, 'd');
  return `${whole(year)}y`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const halfYear = (365 / 2) * 86_400_000;

/** Time of a file as `ls -l` shows it: with the time of day for half a year around now. */
export function listDate(mtime: number, now: number): string {
  const near = Math.abs(now - mtime) < halfYear;
  return formatDate(near ? "%b %e %H:%M" : "%b %e  %Y", mtime);
}

/** strftime(3) in UTC and the C locale, for the conversions that tools here use. */
export function formatDate(format: string, time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const fields: Record<string, () => string> = {
    a: () => days[date.getUTCDay()] as string,
    b: () => months[date.getUTCMonth()] as string,
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    F: () => formatDate("%Y-%m-%d", time),
    H: () => two(date.getUTCHours()),
    M: () => two(date.getUTCMinutes()),
    m: () => two(date.getUTCMonth() + 1),
    n: () => "\n",
    S: () => two(date.getUTCSeconds()),
    s: () => String(Math.floor(time / 1000)),
    T: () => formatDate("%H:%M:%S", time),
    Y: () => String(date.getUTCFullYear()),
    Z: () => "UTC",
    z: () => "+0000",
    "%": () => "%",
  };
  return format.replace(/%(.)/g, (whole, letter: string) => fields[letter]?.() ?? whole);
}

const two = (value: number): string => String(value).padStart(2, "0");

/**
 * An instant as the phone's own clock shows it: RFC 3339 with milliseconds and the phone's offset.
 *
 * @param ms Unix time in milliseconds
 * @param offsetMinutes minutes east of Greenwich; the phone's own unless given
 */
export function rfc3339(ms: number, offsetMinutes = -new Date(ms).getTimezoneOffset()): string {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(offsetMinutes);
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** How far the phone's clock is from the server's; measured at every answer that carries the server's time. */
export class ServerClock {
  /** Milliseconds that the phone is ahead of the server; null until measured. */
  aheadMs: number | null = null;

  constructor(private readonly now: () => number) {}

  /**
   * @param sentAt the phone's clock when the request left, in ms
   * @param serverTime what the server said, RFC 3339
   * @param answeredAt the phone's clock when the answer came, in ms
   */
  observe(sentAt: number, serverTime: string, answeredAt: number): void {
    const server = Date.parse(serverTime);
    if (Number.isNaN(server)) return;
    this.aheadMs = Math.round((sentAt + answeredAt) / 2 - server);
  }

  /** The server's time now as well as the phone can tell, in ms. */
  serverNow(): number {
    return this.now() - (this.aheadMs ?? 0);
  }
}

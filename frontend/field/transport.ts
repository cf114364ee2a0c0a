import type { Transport } from "./engine/api.ts";

/** The engine's requests over the browser's fetch. A redirect is no answer: it leads to a page, not to data. */
export const fetchTransport: Transport = async ({ method, path, headers, body, withCookie, signal }) => {
  const response = await fetch(path, {
    method,
    headers: { Accept: "application/json", ...(body === null ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === null ? null : JSON.stringify(body),
    credentials: withCookie ? "same-origin" : "omit",
    redirect: "manual",
    cache: "no-store",
    signal,
  });
  if (response.type === "opaqueredirect") throw new TypeError("redirected");
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
  return { status: response.status, body: isJson ? ((await response.json()) as unknown) : null };
};

// Calls every operation through the generated types: `node client.js URL`. tsc refuses what the
// document does not say, and a failed expectation ends the process with an error.

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Car = components["schemas"]["Car"];

const client = createClient<paths>({ baseUrl: process.argv[2]! });
const saab = { make: "Saab", model: "96", year: 1967 };

function expect(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }
}

const once = { header: { "Idempotency-Key": crypto.randomUUID() } };
const first = await client.POST("/cars", { body: saab, params: once });
const car: Car = first.data!;
const unknown: [string | null, string | null, number] = [car.vin, car.color, car.mileage];
expect("a car", [car.make, car.year, ...unknown], ["Saab", 1967, null, null, 0]);
const again = await client.POST("/cars", { body: saab, params: once });
expect("the same request", again.data, car);
expect("is a replay", again.response.headers.get("Idempotent-Replayed"), "true");
await client.POST("/cars", { body: saab });

const found = await client.GET("/cars/{id}", { params: { path: { id: car.id } } });
expect("one car", found.data, car);

const query = { make: "Saab", year_min: 1960, page_size: 1 };
const page = (await client.GET("/cars", { params: { query } })).data!;
expect("a page", page.results.map((each) => each.make), ["Saab"]);
const cursor = new URL(page.next!).searchParams.get("cursor")!;
const rest = await client.GET("/cars", { params: { query: { ...query, cursor } } });
expect("the next page", rest.data!.results, [car]);

const bad = await client.POST("/cars", { body: { ...saab, year: 1 } });
const [message] = (bad.error as Record<string, string[]>)["year"]!;
expect("a bad year", message, "Ensure this value is greater than or equal to 1886.");
const reused = await client.POST("/cars", { body: { ...saab, model: "95" }, params: once });
expect("a key used twice", [reused.response.status, typeof detail(reused.error)], [422, "string"]);
const missing = await client.GET("/cars/{id}", { params: { path: { id: "none" } } });
expect("no such car", [missing.response.status, typeof missing.error!.detail], [404, "string"]);

function detail(error: (typeof reused)["error"]): unknown {
  return error!.detail;
}

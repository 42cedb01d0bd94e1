import { expect, test } from "vitest";
import { putRequest, putsRequest } from "../src/etcd/put-message.ts";

test("a put is two fields, each with its length", () => {
  expect(putRequest({ key: "a", value: "bc" }).toString("hex")).toBe("0a01611202" + "6263");
});

test("a length above 127 takes two bytes", () => {
  const message = putRequest({ key: "", value: "x".repeat(300) });
  expect(message.subarray(0, 5).toString("hex")).toBe("0a0012ac02");
  expect(message).toHaveLength(5 + 300);
});

test("a transaction holds each put as a request that is always carried out", () => {
  const puts = ["a", "b"].map((key) => ({ key, value: key }));
  expect(putsRequest(puts).toString("hex")).toBe("120812060a0161120161" + "120812060a0162120162");
});

/**
 * The two requests of etcd's KV service that the bench sends, in Protocol Buffers' form: a put, and a transaction of puts
 * without a condition. Length-delimited fields are all there is to it.
 */

const LENGTH_DELIMITED = 2;

export interface Put {
  readonly key: string;
  readonly value: string;
}

/** `PutRequest`: key 1, value 2. */
export function putRequest({ key, value }: Put): Buffer {
  return Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]);
}

/** `TxnRequest`: success 2, each a `RequestOp` whose field 2 is a put. */
export function putsRequest(puts: readonly Put[]): Buffer {
  return Buffer.concat(puts.map((put) => field(2, field(2, putRequest(put)))));
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + LENGTH_DELIMITED, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/**
 * Integers that no double has stay what they are, as `bigint`, in browsers that say how a number was written; in others they
 * are as near as doubles come.
 */
const exactly = (_, value, context) =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context.source) : value;

/** What a text of JSON says, exactly. */
export const parsed = (text) => JSON.parse(text, exactly);

/** A value as JSON, with the integers that {@link parsed} gave. */
export const written = (value) =>
  JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? JSON.rawJSON(String(inner)) : inner);

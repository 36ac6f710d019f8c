/** Viridis, by a polynomial of degree 6 for each channel (Matt Zucker, public domain): 256 colours. */
const terms = [
  [0.2777273272, 0.1050930431, -0.3308618287, -4.6342304990, 6.2282699363, 4.7763849977, -5.4354558559],
  [0.0054073445, 1.4046135299, 0.2148475595, -5.7991009734, 14.1799333668, -13.7451453777, 4.6458526127],
  [0.3340998053, 1.3845901626, 0.0950951630, -19.3324409563, 56.6905526007, -65.3530326339, 26.3124352496],
];

export const colours = Uint8ClampedArray.from({ length: 256 * 3 }, (_, index) => {
  const position = Math.floor(index / 3) / 255;
  return 255 * terms[index % 3].reduceRight((sum, term) => sum * position + term, 0);
});

/** The least and the greatest of the values that are numbers. */
export function range(values) {
  let least = Infinity, greatest = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least > greatest ? [0, 0] : [least, greatest];
}

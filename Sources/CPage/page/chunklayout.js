/** In CSS pixels, from a cell's edge to the next one's. */
const [smallest, largest] = [4, 18];

/** Runs of chunks put into cells of `size` chunks each, in their order: how many come into each cell. */
function countsInOrder(runs, size, cells) {
  const counts = new Float64Array(cells);
  for (const [first, count] of runs) {
    for (let start = first, end = first + count; start < end;) {
      const cell = Math.floor(start / size), next = Math.min(end, (cell + 1) * size);
      counts[cell] += next - start;
      start = next;
    }
  }
  return counts;
}

/** Cells in rows, one after the other, each of some neighbouring chunks when there are more than fit. */
function strip(chunks, width, height) {
  let pitch = largest;
  const room = () => Math.max(1, Math.floor(width / pitch)) * Math.max(1, Math.floor(height / pitch));
  while (pitch > smallest && room() < chunks) pitch -= 1;
  const size = Math.max(1, Math.ceil(chunks / room())), cells = Math.ceil(chunks / size);
  const columns = Math.max(1, Math.min(cells, Math.floor(width / pitch)));
  return {
    cells, pitch, width: columns * pitch, height: Math.ceil(cells / columns) * pitch, size,
    place: (cell) => [(cell % columns) * pitch, Math.floor(cell / columns) * pitch],
    cellAt: (x, y) => x < columns * pitch ? Math.floor(y / pitch) * columns + Math.floor(x / pitch) : -1,
    counts: (runs) => countsInOrder(runs, size, cells),
    /** The first chunk, and how many there are. */
    chunksOf: (cell) => [cell * size, Math.min(size, chunks - cell * size)],
    rowLength: columns,
  };
}

/** The last two axes make a table, all others a table each, beside and below one another. */
function tables(grid, width, height) {
  const [rows, columns] = grid.slice(-2), count = grid.slice(0, -2).reduce((product, size) => product * size, 1);
  for (let pitch = largest; pitch >= smallest; pitch -= 1) {
    // Only of a single one neighbours can be taken together without a change of its shape.
    const size = count > 1 ? 1
      : Math.max(Math.ceil(rows / Math.max(1, Math.floor(height / pitch))), Math.ceil(columns / Math.max(1, Math.floor(width / pitch))));
    if (size > 1 && pitch > smallest) continue;
    const made = arranged({ rows, columns, count, size, pitch }, width);
    if (made.height <= height && made.width <= width) return made;
  }
  return null;
}

function arranged({ rows, columns, count, size, pitch }, width) {
  const high = Math.ceil(rows / size), wide = Math.ceil(columns / size), gap = Math.ceil(pitch / 2);
  const [stepX, stepY] = [wide * pitch + gap, high * pitch + gap];
  const beside = Math.max(1, Math.min(count, Math.floor((width + gap) / stepX)));
  const cellOf = (chunk) => {
    const column = chunk % columns, row = Math.floor(chunk / columns) % rows, table = Math.floor(chunk / columns / rows);
    return (table * high + Math.floor(row / size)) * wide + Math.floor(column / size);
  };
  return {
    cells: count * high * wide, pitch, size: size * size,
    width: beside * stepX - gap, height: Math.ceil(count / beside) * stepY - gap,
    place(cell) {
      const table = Math.floor(cell / high / wide);
      return [(table % beside) * stepX + (cell % wide) * pitch,
        Math.floor(table / beside) * stepY + (Math.floor(cell / wide) % high) * pitch];
    },
    cellAt(x, y) {
      const [tableX, tableY] = [Math.floor(x / stepX), Math.floor(y / stepY)];
      const [column, row] = [Math.floor((x - tableX * stepX) / pitch), Math.floor((y - tableY * stepY) / pitch)];
      if (tableX >= beside || column >= wide || row >= high) return -1;
      return ((tableY * beside + tableX) * high + row) * wide + column;
    },
    counts(runs) {
      const counts = new Float64Array(count * high * wide);
      for (const [first, length] of runs) {
        for (let chunk = first; chunk < first + length; chunk += 1) counts[cellOf(chunk)] += 1;
      }
      return counts;
    },
    chunksOf(cell) {
      const column = (cell % wide) * size, row = (Math.floor(cell / wide) % high) * size;
      const table = Math.floor(cell / high / wide);
      return [(table * rows + row) * columns + column, Math.min(size, columns - column) * Math.min(size, rows - row)];
    },
    rowLength: wide,
  };
}

/**
 * Where each chunk is drawn: as the array has them, if there is room for that; else in their order.
 * @param {{chunks: number, grid?: number[]}} held
 */
export function layoutOf({ chunks, grid }, width, height) {
  const inOrder = strip(chunks, width, height);
  const long = (grid ?? []).filter((size) => size > 1);
  const shaped = long.length > 1 ? tables(long, width, height) : null;
  // A table that is much longer than wide would show little of what there is room for.
  return shaped && shaped.cells * 4 >= inOrder.cells ? shaped : inOrder;
}

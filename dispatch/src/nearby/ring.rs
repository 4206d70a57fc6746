//! A grid over the earth's surface and the rings around one of its cells, each with what lies beyond it at the least.

use super::way::{Flat, Point};

/// A box of cells in rows and columns (网格). What lies outside it belongs to the cells at its edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    south_west: Point,
    /// Side of a cell in degrees of 1e-7, along either axis.
    side_e7: i64,
    columns: i64,
    rows: i64,
}

/// A ring around a cell: its cells, and how near the nearest place outside it and all smaller rings can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ring {
    pub(super) cells: Vec<u32>,
    /// In metres; nothing where there is no cell outside.
    pub(super) beyond_m: Option<u32>,
}

impl Grid {
    /// Over the box between two corners, in cells of about so many metres.
    pub(super) fn over(south_west: Point, north_east: Point, cell_m: u32) -> Self {
        // A degree of latitude is 111,195 m; along the parallel a cell is a little narrower, which does no harm.
        let side_e7 = (i64::from(cell_m.max(100)) * 10_000_000 / 111_195).max(1);
        let cells = |from: i32, to: i32| ((i64::from(to) - i64::from(from)) / side_e7 + 1).clamp(1, 2_000);
        Self {
            south_west,
            side_e7,
            columns: cells(south_west.lon_e7, north_east.lon_e7),
            rows: cells(south_west.lat_e7, north_east.lat_e7),
        }
    }

    /// How many cells.
    pub(super) fn cells(&self) -> usize {
        usize::try_from(self.columns * self.rows).unwrap_or_default()
    }

    /// The cell of a place.
    pub(super) fn cell(&self, place: Point) -> u32 {
        let (column, row) = self.column_and_row(place);
        self.number(column, row)
    }

    /// The rings around a place, from its own cell outwards, until there are no cells left.
    pub(super) fn rings(&self, around: Point, flat: Flat) -> impl Iterator<Item = Ring> {
        let (column, row) = self.column_and_row(around);
        let last = (column.max(self.columns - 1 - column)).max(row.max(self.rows - 1 - row));
        (0..=last).map(move |radius| Ring {
            cells: self.ring(column, row, radius),
            beyond_m: self.beyond_m(around, (column, row), radius, flat),
        })
    }

    fn column_and_row(&self, place: Point) -> (i64, i64) {
        let along =
            |at: i32, from: i32, cells: i64| ((i64::from(at) - i64::from(from)).div_euclid(self.side_e7)).clamp(0, cells - 1);
        let column = along(place.lon_e7, self.south_west.lon_e7, self.columns);
        (column, along(place.lat_e7, self.south_west.lat_e7, self.rows))
    }

    fn number(&self, column: i64, row: i64) -> u32 {
        u32::try_from(row * self.columns + column).unwrap_or_default()
    }

    fn ring(&self, column: i64, row: i64, radius: i64) -> Vec<u32> {
        let columns = (column - radius).max(0)..=(column + radius).min(self.columns - 1);
        let rows = (row - radius).max(0)..=(row + radius).min(self.rows - 1);
        let mut cells = Vec::new();
        for at in rows {
            if (at - row).abs() == radius {
                cells.extend(columns.clone().map(|column| self.number(column, at)));
                continue;
            }
            let ends = [column - radius, column + radius].into_iter().filter(|end| columns.contains(end));
            cells.extend(ends.map(|end| self.number(end, at)));
        }
        cells
    }

    /// Whatever is outside is beyond one of the four sides; a side at the edge of the grid has nothing beyond it.
    fn beyond_m(&self, around: Point, (column, row): (i64, i64), radius: i64, flat: Flat) -> Option<u32> {
        let (lon, lat) = (i64::from(around.lon_e7), i64::from(around.lat_e7));
        let east = |cells: i64| i64::from(self.south_west.lon_e7) + cells * self.side_e7;
        let north = |cells: i64| i64::from(self.south_west.lat_e7) + cells * self.side_e7;
        let sides = [
            (column - radius > 0).then(|| flat.east_m((lon - east(column - radius)).max(0))),
            (column + radius < self.columns - 1).then(|| flat.east_m((east(column + radius + 1) - lon).max(0))),
            (row - radius > 0).then(|| flat.north_m((lat - north(row - radius)).max(0))),
            (row + radius < self.rows - 1).then(|| flat.north_m((north(row + radius + 1) - lat).max(0))),
        ];
        sides.into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn point(lon_e7: i32, lat_e7: i32) -> Point {
        Point { lon_e7, lat_e7 }
    }

    proptest! {
        #[test]
        fn rings_hold_every_cell_once_and_nothing_beyond_is_nearer_than_they_say(
            around in (1_190_000_000..1_230_000_000, 270_000_000..320_000_000),
            others in proptest::collection::vec((1_180_000_000..1_240_000_000, 260_000_000..330_000_000), 20),
        ) {
            let grid = Grid::over(point(1_200_000_000, 280_000_000), point(1_220_000_000, 310_000_000), 20_000);
            let around = point(around.0, around.1);
            let flat = Flat::around(around);
            let mut seen = BTreeSet::new();
            let mut count = 0;
            for ring in grid.rings(around, flat) {
                count += ring.cells.len();
                seen.extend(ring.cells);
                for (lon, lat) in &others {
                    let other = point(*lon, *lat);
                    if !seen.contains(&grid.cell(other)) {
                        prop_assert!(ring.beyond_m.is_some_and(|beyond| beyond <= flat.metres_to(other)));
                    }
                }
            }
            prop_assert_eq!((count, seen.len()), (grid.cells(), grid.cells()));
        }
    }
}

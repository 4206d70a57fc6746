//! The cheapest assignment of rows to columns of a square table, by shortest augmenting paths (Jonker and Volgenant, 1987).
#![expect(clippy::indexing_slicing, reason = "rows and columns of a square table of the given size")]

use super::day::Milli;

/// The cost of what cannot be: more than any plan, and sums along the longest path still fit.
pub(super) const FORBIDDEN: Milli = 1 << 50;
/// No row.
const FREE: usize = usize::MAX;

/// The column of each row of a table of `size` rows and columns, row by row. Costs are none or more, and at most [`FORBIDDEN`].
pub(super) fn assign(costs: &[Milli], size: usize) -> Vec<usize> {
    let mut row_of = vec![FREE; size];
    let mut of_column: Vec<Milli> = vec![0; size];
    let mut of_row: Vec<Milli> = vec![0; size];
    let mut distance = vec![0; size];
    let mut came_from = vec![0; size];
    let mut is_done = vec![false; size];
    for start in 0..size {
        distance.fill(Milli::MAX);
        is_done.fill(false);
        let (mut row, mut reached) = (start, 0);
        let end = loop {
            let line = &costs[row * size..][..size];
            let (mut nearest, mut least) = (FREE, Milli::MAX);
            for column in 0..size {
                if is_done[column] {
                    continue;
                }
                let through = reached + line[column] - of_row[row] - of_column[column];
                if through < distance[column] {
                    (distance[column], came_from[column]) = (through, row);
                }
                // Of equally near columns a free one ends the search.
                let is_nearer = distance[column] < least || distance[column] == least && row_of[column] == FREE;
                if is_nearer {
                    (nearest, least) = (column, distance[column]);
                }
            }
            reached = least;
            is_done[nearest] = true;
            if row_of[nearest] == FREE {
                break nearest;
            }
            row = row_of[nearest];
        };
        of_row[start] += reached;
        for column in 0..size {
            if is_done[column] && row_of[column] != FREE {
                of_row[row_of[column]] += reached - distance[column];
                of_column[column] -= reached - distance[column];
            }
        }
        let mut column = end;
        loop {
            let row = came_from[column];
            let next = (0..size).find(|other| row_of[*other] == row);
            row_of[column] = row;
            match next {
                Some(other) if row != start => column = other,
                _ => break,
            }
        }
    }
    let mut column_of = vec![0; size];
    for (column, row) in row_of.iter().enumerate() {
        column_of[*row] = column;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use telematics::simulate::chance::Chance;

    use super::*;

    fn cheapest(costs: &[Milli], size: usize, row: usize, taken: &mut Vec<bool>) -> Milli {
        if row == size {
            return 0;
        }
        let mut least = Milli::MAX / 2;
        for column in 0..size {
            if !taken[column] {
                taken[column] = true;
                least = least.min(costs[row * size + column] + cheapest(costs, size, row + 1, taken));
                taken[column] = false;
            }
        }
        least
    }

    #[test]
    fn it_is_as_cheap_as_the_best_of_all() {
        let mut chance = Chance::of(&[1]);
        for round in 0..2_000 {
            let size = 1 + round % 6;
            let costs: Vec<Milli> = (0..size * size)
                .map(|cell| {
                    // The table always has one assignment that can be: the diagonal.
                    let forbidden = cell % (size + 1) != 0 && chance.happens(0.3);
                    if forbidden { FORBIDDEN } else { i64::try_from(chance.below(20)).unwrap() }
                })
                .collect();
            let chosen = assign(&costs, size);
            let mut columns = chosen.clone();
            columns.sort_unstable();
            assert_eq!(columns, (0..size).collect::<Vec<_>>(), "each column once");
            let cost: Milli = chosen.iter().enumerate().map(|(row, column)| costs[row * size + column]).sum();
            assert_eq!(cost, cheapest(&costs, size, 0, &mut vec![false; size]));
        }
    }
}

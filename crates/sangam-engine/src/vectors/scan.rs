//! Walks the allowed rows of a segment and scores them, in runs as long as the filter permits.

use std::ops::Range;

use super::kernel::Kernel;
use super::quantize::QuantizedQuery;
use super::search::LiveSegment;
use crate::bits::Bits;

/// Rows that are multiplied in one go: their products stay in the first-level cache.
const RUN_ROWS_MAX: usize = 512;

/// Calls `visit` for each document in `documents` (positions in the segment's list), ascending, with
/// its rows and their approximate cosines; dead rows have minus infinity.
pub(super) fn scan(
    live: &LiveSegment,
    documents: &Bits,
    query: &QuantizedQuery,
    mut visit: impl FnMut(u32, Range<usize>, &[f32]),
) {
    let mut scorer = Scorer::new(live, query);
    let mut run = 0..0;
    for index in documents.iter() {
        let n_rows = live.segment.rows_at(run.start).start.abs_diff(live.segment.rows_at(index).end);
        if index != run.end || n_rows > RUN_ROWS_MAX {
            scorer.visit_run(run, &mut visit);
            run = index..index;
        }
        run.end = index + 1;
    }
    scorer.visit_run(run, &mut visit);
}

/// Scores rows of one segment, reusing its buffers.
pub(super) struct Scorer<'a> {
    live: &'a LiveSegment,
    query: &'a QuantizedQuery,
    kernel: Kernel,
    products: Vec<i32>,
    cosines: Vec<f32>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(live: &'a LiveSegment, query: &'a QuantizedQuery) -> Self {
        Self { live, query, kernel: Kernel::best(), products: Vec::new(), cosines: Vec::new() }
    }

    pub(super) fn query(&self) -> &'a QuantizedQuery {
        self.query
    }

    /// Returns the approximate cosines of consecutive rows; dead rows have minus infinity.
    pub(super) fn cosines(&mut self, rows: Range<usize>) -> &[f32] {
        self.products.clear();
        self.cosines.clear();
        let bytes = self.live.segment.bytes(rows.clone());
        self.kernel.products(bytes, &self.query.bytes, &mut self.products);
        for (row, product) in rows.zip(&self.products) {
            self.cosines.push(if self.live.dead.contains(row) {
                f32::NEG_INFINITY
            } else {
                self.query.cosine(*product, self.live.segment.scale(row))
            });
        }
        &self.cosines
    }

    fn visit_run(&mut self, documents: Range<usize>, visit: &mut impl FnMut(u32, Range<usize>, &[f32])) {
        if documents.is_empty() {
            return;
        }
        let segment = &self.live.segment;
        let start = segment.rows_at(documents.start).start;
        let cosines = self.cosines(start..segment.rows_at(documents.end - 1).end);
        for index in documents {
            let rows = segment.rows_at(index);
            let own = &cosines[rows.start - start..rows.end - start];
            visit(segment.documents()[index], rows, own);
        }
    }
}

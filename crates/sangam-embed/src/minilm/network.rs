//! The network on rten: token ids in, one unit vector per text out.

use std::sync::Arc;
use std::thread::available_parallelism;

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{NdTensor, NdTensorView};

use super::load_error;
use crate::{Effort, EmbedError};

/// A loaded network and the threads it runs on.
pub(super) struct Network {
    model: Model,
    ids: NodeId,
    mask: NodeId,
    /// Not every encoder distinguishes a first and a second text.
    types: Option<NodeId>,
    states: NodeId,
    dimensions: usize,
    pools: Pools,
}

/// One pool per effort, so that a query never queues behind the work of another.
struct Pools {
    query: Arc<ThreadPool>,
    one_core: Arc<ThreadPool>,
    all_cores: Arc<ThreadPool>,
}

impl Pools {
    fn new() -> Self {
        let n_cores = available_parallelism().map_or(1, usize::from);
        let pool = |n_threads| Arc::new(ThreadPool::with_num_threads(n_threads));
        // A query is some twenty tokens: sharing them between threads costs more than it saves.
        Self { query: pool(1), one_core: pool(1), all_cores: pool(n_cores) }
    }

    fn of(&self, effort: Effort) -> Arc<ThreadPool> {
        Arc::clone(match effort {
            Effort::Query => &self.query,
            Effort::OneCore => &self.one_core,
            Effort::AllCores => &self.all_cores,
        })
    }
}

impl Network {
    pub(super) fn load(bytes: Vec<u8>) -> Result<Self, EmbedError> {
        Self::understand(options().load(bytes).map_err(|error| load_error("network", error))?)
    }

    #[cfg(feature = "model")]
    pub(super) fn load_static(bytes: &'static [u8]) -> Result<Self, EmbedError> {
        Self::understand(options().load_static_slice(bytes).map_err(|error| load_error("network", error))?)
    }

    fn understand(model: Model) -> Result<Self, EmbedError> {
        let input = |name: &str| model.find_node(name).filter(|id| model.input_ids().contains(id));
        let (Some(ids), Some(mask)) = (input("input_ids"), input("attention_mask")) else {
            return Err(not_an_encoder("it takes no `input_ids` and `attention_mask`"));
        };
        let types = input("token_type_ids");
        let states = model.find_node("last_hidden_state").or_else(|| model.output_ids().first().copied());
        let states = states.ok_or_else(|| not_an_encoder("it has no output"))?;
        let shape = model.node_info(states).and_then(|info| info.shape()).unwrap_or_default();
        let [_, _, Dimension::Fixed(dimensions)] = shape[..] else {
            return Err(not_an_encoder("its output is not a vector of fixed length for each token"));
        };
        Ok(Self { model, ids, mask, types, states, dimensions, pools: Pools::new() })
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vectors of `rows`, each the tokens of one text.
    pub(super) fn run(&self, rows: &[&[u32]], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        let at = |[row, column]: [usize; 2]| rows[row].get(column).copied();
        let shape = [rows.len(), width];
        let ids = NdTensor::from_fn(shape, |place| at(place).unwrap_or_default() as i32);
        let mask = NdTensor::from_fn(shape, |place| i32::from(at(place).is_some()));
        let mut inputs: Vec<(NodeId, ValueOrView)> = vec![(self.ids, ids.into()), (self.mask, mask.into())];
        if let Some(types) = self.types {
            inputs.push((types, NdTensor::<i32, 2>::zeros(shape).into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(self.pools.of(effort)));
        let [states] = self.model.run_n(inputs, [self.states], Some(options)).map_err(|error| run_error(&error))?;
        self.pool(&states, rows)
    }

    /// The mean over each row's own tokens, padding left out, scaled to unit length.
    fn pool(&self, states: &Value, rows: &[&[u32]]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let states: NdTensorView<f32, 3> = states.try_into().map_err(|error| run_error(&error))?;
        let states = states.to_contiguous();
        let states = states.data();
        let row_size = states.len() / rows.len();
        Ok(states.chunks_exact(row_size).zip(rows).map(|(states, row)| self.mean(states, row.len())).collect())
    }

    fn mean(&self, states: &[f32], n_tokens: usize) -> Vec<f32> {
        let mut sum = vec![0.0_f32; self.dimensions];
        for state in states.chunks_exact(self.dimensions).take(n_tokens) {
            for (sum, x) in sum.iter_mut().zip(state) {
                *sum += x;
            }
        }
        // Scaling to unit length makes dividing by the number of tokens needless.
        let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        sum.iter_mut().for_each(|x| *x /= norm);
        sum
    }
}

fn options() -> ModelOptions {
    let mut options = ModelOptions::with_all_ops();
    // Lays the weights out for the matrix kernels once instead of at every run.
    options.prepack_weights(true);
    options
}

fn not_an_encoder(reason: &str) -> EmbedError {
    EmbedError::NotAnEncoder { reason: reason.to_owned() }
}

/// Keeps the words only: errors of the runtime need not be `Send`.
fn run_error(error: &impl std::fmt::Display) -> EmbedError {
    EmbedError::Run { source: error.to_string().into() }
}
